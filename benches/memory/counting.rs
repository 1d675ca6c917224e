//! An allocator that counts what is in use, by size.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, RefCell};

/// The largest size that is counted by itself.
const SIZES: usize = 1 << 16;

/// Counts the allocations of this thread.
pub struct Counting;

thread_local! {
    static USED: Cell<isize> = const { Cell::new(0) };
    static BY_SIZE: RefCell<[i32; SIZES]> = const { RefCell::new([0; SIZES]) };
}

fn count(size: usize, by: i32) {
    let _ = USED.try_with(|used| used.set(used.get() + size as isize * by as isize));
    let _ = BY_SIZE.try_with(|sizes| {
        if let Ok(mut sizes) = sizes.try_borrow_mut() {
            sizes[size.min(SIZES - 1)] += by;
        }
    });
}

// SAFETY: every call is handed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 1);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(layout.size(), -1);
        unsafe { System.dealloc(at, layout) }
    }
}

/// Bytes in use.
pub fn used() -> isize {
    USED.with(Cell::get)
}

/// How many allocations of each size are in use.
pub fn by_size() -> Vec<i32> {
    BY_SIZE.with(|sizes| sizes.borrow().to_vec())
}
