//! The method of a request, and the paging, lifetime and shape of its replies.

/// The HTTP method of a read operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// A plain read.
    Get,
    /// A read that takes its ids in the body.
    Post,
}

/// How a reply is split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pages {
    /// One reply holds all.
    One,
    /// `page=1..n`, where `n` is the header `X-Pages`.
    Numbered,
    /// Ordered by last modification, with `before` and `after` tokens in the reply's field `cursor`.
    Cursor,
    /// Backwards from the newest id: this query parameter takes the smallest id so far. Only for id lists.
    Walk(&'static str),
}

/// How long ESI's replies live according to the specification; reply headers override it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ttl {
    /// `x-client-cache-ttl`, in seconds.
    Seconds(u32),
    /// No lifetime in the specification: the reply expires at 11:05 UTC, after the daily downtime.
    Daily,
    /// ESI computes each reply anew; it does not expire.
    Uncached,
}

/// The outermost shape of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Body {
    /// A JSON array; each element is a record.
    List,
    /// One JSON object; it is the only record.
    Object,
    /// A JSON object with the list of records in this field.
    Envelope(&'static str),
    /// A JSON object with a map of lists in this field; the records are the elements of all lists.
    Lists(&'static str),
}
