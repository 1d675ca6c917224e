//! Futures that go on side by side.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

/// Waits until all of them have ended; they may borrow, as no tasks can.
pub async fn together<F: Future<Output = ()>>(all: impl IntoIterator<Item = F>) {
    let mut under_way: Vec<Pin<Box<F>>> = all.into_iter().map(Box::pin).collect();
    poll_fn(|context| {
        under_way.retain_mut(|one| one.as_mut().poll(context).is_pending());
        if under_way.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn all_go_on_at_the_same_time() {
        let (begun, ended) = (tokio::time::Instant::now(), RefCell::default());
        let one = |seconds| {
            let ended: &RefCell<Vec<u64>> = &ended;
            async move {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                ended.borrow_mut().push(seconds);
            }
        };
        together([3, 1, 2].map(one)).await;
        assert_eq!((begun.elapsed(), ended.take()), (Duration::from_secs(3), vec![1, 2, 3]));
    }
}
