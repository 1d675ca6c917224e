//! What a rehearsal asks of the allocator.

/// Has memory that is free given back to the system at once, from now on, by the threads that there will be and by the first.
///
/// Kept for ten seconds, as is usual, it spreads over ever more of the pages of 2 MiB (`main.rs`) in a rehearsal of hours: a day of
/// a thousand users took 8 % more at its end than after two hours, where their events are as many. The price is a twentieth of a
/// rehearsal's speed. A run does without: short requests took a tenth more of its processor time so.
#[cfg(feature = "jemalloc")]
pub fn give_back_at_once() {
    // The first thread has the arena 0; others get theirs when they begin (jemalloc(3), "arenas.dirty_decay_ms").
    for name in [c"arenas.dirty_decay_ms", c"arena.0.dirty_decay_ms"] {
        if let Err(why) = set(name, 0) {
            tracing::debug!(target: "run", "the allocator keeps what is free: {why}");
        }
    }
}

#[cfg(not(feature = "jemalloc"))]
pub fn give_back_at_once() {}

/// Sets a value of jemalloc's whose type is `ssize_t`.
#[cfg(feature = "jemalloc")]
fn set(name: &std::ffi::CStr, mut value: isize) -> std::io::Result<()> {
    use std::ptr::null_mut;
    // SAFETY: the name ends with a zero; the old value is not asked for; the new one is read while it is borrowed here, and if its
    // length is not that of what the name stands for, that is an error (jemalloc(3), mallctl).
    let failed = unsafe {
        let value = (&raw mut value).cast();
        tikv_jemalloc_sys::mallctl(name.as_ptr(), null_mut(), null_mut(), value, size_of::<isize>())
    };
    match failed {
        0 => Ok(()),
        errno => Err(std::io::Error::from_raw_os_error(errno)),
    }
}

#[cfg(all(test, feature = "jemalloc"))]
mod tests {
    use super::*;

    #[test]
    fn jemalloc_knows_what_is_set() {
        for name in [c"arenas.dirty_decay_ms", c"arena.0.dirty_decay_ms"] {
            set(name, 0).unwrap();
        }
        assert!(set(c"arenas.dirty_decay", 0).is_err());
        assert!(set(c"arenas.page", 0).is_err());
    }
}
