//! If-Match, If-None-Match (RFC 9110 section 13) and If-Schedule-Tag-Match (RFC 6638 section 3.3).
use super::call::Call;
use super::reply::Refusal;
use super::store::Resource;

/// 412 when a condition of the request does not hold for what is there now.
pub fn check(call: &Call<'_>, resource: Option<&Resource>) -> Result<(), Refusal> {
    let failed = Err(Refusal::status(412));
    let etag = resource.map(Resource::etag);
    if let Some(wanted) = call.header("if-match")
        && !etag.as_deref().is_some_and(|etag| lists(wanted, etag))
    {
        return failed;
    }
    if let (Some(unwanted), Some(etag)) = (call.header("if-none-match"), &etag)
        && lists(unwanted, etag)
    {
        return failed;
    }
    if let Some(wanted) = call.header("if-schedule-tag-match") {
        let tag = resource.and_then(Resource::schedule_tag);
        if tag.as_deref().map(bare) != Some(bare(wanted)) {
            return failed;
        }
    }
    Ok(())
}

/// Whether If-None-Match says that the client has this version already.
pub fn none_match(call: &Call<'_>, etag: &str) -> bool {
    call.header("if-none-match").is_some_and(|list| lists(list, etag))
}

fn lists(list: &str, etag: &str) -> bool {
    list.trim() == "*" || list.split(',').any(|one| bare(one) == bare(etag))
}

/// A tag without weakness and quotes: clients exist that leave the quotes out.
fn bare(tag: &str) -> &str {
    let tag = tag.trim();
    tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"')
}
