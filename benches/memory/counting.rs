//! An allocator that counts what is in use, by size.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicI32, AtomicIsize, Ordering::Relaxed};

/// The largest size that is counted by itself.
const SIZES: usize = 1 << 16;

/// Counts all allocations of the process.
pub struct Counting;

static USED: AtomicIsize = AtomicIsize::new(0);
static BY_SIZE: [AtomicI32; SIZES] = [const { AtomicI32::new(0) }; SIZES];

fn count(size: usize, by: i32) {
    USED.fetch_add(size as isize * by as isize, Relaxed);
    BY_SIZE[size.min(SIZES - 1)].fetch_add(by, Relaxed);
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

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count(layout.size(), -1);
        count(new_size, 1);
        unsafe { System.realloc(at, layout, new_size) }
    }
}

/// Bytes in use.
pub fn used() -> isize {
    USED.load(Relaxed)
}

/// How many allocations of each size are in use.
pub fn by_size() -> Vec<i32> {
    BY_SIZE.iter().map(|count| count.load(Relaxed)).collect()
}

/// Prints the sizes of which at least every second of `clients` has one since `before`, those that take most first.
pub fn print_pieces(before: &[i32], after: &[i32], clients: usize) {
    let mut pieces: Vec<(usize, i32)> =
        after.iter().zip(before).map(|(after, before)| after - before).enumerate().collect();
    pieces.retain(|(_, count)| 2 * i64::from(*count) >= clients as i64);
    pieces.sort_by_key(|(size, count)| std::cmp::Reverse(*size as i64 * i64::from(*count)));
    let shown = pieces.iter().take(24);
    for (size, count) in shown {
        println!("  {:>6.2} x {size} bytes", f64::from(*count) / clients as f64);
    }
}
