//! Accounts of several servers.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::population::Account;

/// Takes turns among the pods, in the order of their names: the first account of each, the second of
/// each, and so on (spec 2). Where a pod has more accounts than the others, the surplus follows; the
/// ancestor lost it.
pub fn interleave(accounts: Vec<Account>) -> Vec<Account> {
    let mut pods: BTreeMap<Rc<str>, usize> = BTreeMap::new();
    let mut keyed: Vec<(usize, Account)> = accounts
        .into_iter()
        .map(|account| {
            let turn = pods.entry(account.pod.clone()).or_default();
            *turn += 1;
            (*turn, account)
        })
        .collect();
    keyed.sort_by(|(left, a), (right, b)| left.cmp(right).then_with(|| a.pod.cmp(&b.pod)));
    keyed.into_iter().map(|(_, account)| account).collect()
}

/// Drops the accounts of pods that are not among `enabled`.
pub fn only_pods(accounts: &mut Vec<Account>, enabled: &[&str]) {
    accounts.retain(|account| enabled.contains(&&*account.pod));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::Password;

    fn account(uid: &str, pod: &str) -> Account {
        Account {
            uid: uid.into(),
            password: Password::new(uid),
            common_name: uid.into(),
            email: uid.into(),
            guid: "".into(),
            pod: pod.into(),
        }
    }

    fn uids(accounts: &[Account]) -> Vec<&str> {
        accounts.iter().map(|account| &*account.uid).collect()
    }

    #[test]
    fn pods_take_turns_and_nobody_is_lost() {
        let accounts = [("b1", "B"), ("a1", "A"), ("a2", "A"), ("a3", "A"), ("b2", "B")]
            .map(|(uid, pod)| account(uid, pod));
        let mut turns = interleave(accounts.to_vec());
        assert_eq!(uids(&turns), ["a1", "b1", "a2", "b2", "a3"]);
        only_pods(&mut turns, &["B"]);
        assert_eq!(uids(&turns), ["b1", "b2"]);
    }
}
