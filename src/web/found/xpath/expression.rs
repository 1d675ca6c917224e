//! What a path is made of.

use super::functions::Function;
use crate::web::found::path::How;

/// Something that has a value.
#[derive(Debug)]
pub enum Expression {
    Path(Path),
    /// What several lead to.
    Union(Vec<Expression>),
    Text(Box<str>),
    Number(f64),
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Compared(How, Box<Expression>, Box<Expression>),
    /// Each of them 1 or -1 times.
    Sum(Vec<(f64, Expression)>),
    Call(Function, Vec<Expression>),
}

/// Steps from somewhere.
#[derive(Debug)]
pub struct Path {
    pub start: Start,
    pub steps: Vec<Step>,
}

#[derive(Debug)]
pub enum Start {
    Root,
    Here,
    /// From what is in brackets, as far as it fulfils the conditions behind them.
    Of(Box<Expression>, Vec<Expression>),
}

#[derive(Debug)]
pub struct Step {
    pub axis: Axis,
    pub test: Test,
    /// What is in brackets behind it.
    pub conditions: Vec<Expression>,
}

/// Where a step leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    Child,
    Descendant,
    DescendantOrSelf,
    Itself,
    Parent,
    Ancestor,
    AncestorOrSelf,
    FollowingSibling,
    PrecedingSibling,
    Following,
    Preceding,
    Attribute,
}

/// What it leads to there.
#[derive(Debug, PartialEq, Eq)]
pub enum Test {
    /// Elements, or attributes, of this name.
    Name(Box<str>),
    /// Of any.
    AnyName,
    Text,
    Anything,
}

/// The axes by their names.
pub const AXES: [(&str, Axis); 12] = [
    ("child", Axis::Child),
    ("descendant", Axis::Descendant),
    ("descendant-or-self", Axis::DescendantOrSelf),
    ("self", Axis::Itself),
    ("parent", Axis::Parent),
    ("ancestor", Axis::Ancestor),
    ("ancestor-or-self", Axis::AncestorOrSelf),
    ("following-sibling", Axis::FollowingSibling),
    ("preceding-sibling", Axis::PrecedingSibling),
    ("following", Axis::Following),
    ("preceding", Axis::Preceding),
    ("attribute", Axis::Attribute),
];

/// The comparisons by their signs; one that begins like another stands before it.
pub const SIGNS: [(&str, How); 6] = [
    ("!=", How::Different),
    ("<=", How::AtMost),
    (">=", How::AtLeast),
    ("=", How::Equal),
    ("<", How::Less),
    (">", How::More),
];

impl Step {
    /// `axis::node()`.
    pub fn along(axis: Axis) -> Step {
        Step { axis, test: Test::Anything, conditions: Vec::new() }
    }
}
