//! How much room a resting calendar client takes (design, decision 2): the aim is 4 KB after its first
//! synchronisation of an empty home.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

#[path = "../recordings/stage.rs"]
#[allow(dead_code)]
mod stage;

use stage::{Stage, play};

/// Counts the bytes of this thread that are in use.
struct Counting;

thread_local! {
    static USED: Cell<isize> = const { Cell::new(0) };
}

// SAFETY: every call is handed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = USED.try_with(|used| used.set(used.get() + layout.size() as isize));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        let _ = USED.try_with(|used| used.set(used.get() - layout.size() as isize));
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn a_resting_client_is_small() {
    for model in ["OS_X_10_6", "OS_X_10_7", "OS_X_10_11", "iOS_5"] {
        play(async {
            let stage = Stage::new();
            let mut client = stage.client(model, 1);
            stage.arrive(&mut client).await;
            stage.poll(&mut client).await;
            client.memory.forget_news();
            client.known().session.close();
            // Lets the tasks of the connection end, whose room is not the client's.
            tokio::time::sleep(std::time::Duration::from_secs(600)).await;
            let before = USED.get();
            drop(client.memory);
            let size = before - USED.get();
            println!("{model}: {size} bytes");
            assert!(size > 0 && size <= 4096, "{model}: {size} bytes");
        });
    }
}
