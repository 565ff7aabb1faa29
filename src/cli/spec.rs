//! `spec diff`: what a newer specification changes for us; `spec coverage`: what of ours is copied.
//!
//! The daemon never changes its compatibility date by itself, because columns are compiled in. This is how somebody who
//! thinks of a newer one finds out what it would take: the document is condensed to facts, the facts are compared with
//! those this program was built from, and the declarations say which of the differences matter.

mod judge;
mod source;

use serde_json::json;

use super::say::{self, say};
use super::{Exit, Failure};
use crate::config::Config;
use crate::describe::catalog;
use crate::spec::{condense, differences, facts};
use judge::{Severity, Verdict};

pub(super) fn coverage() {
    say!("{}", catalog::coverage().trim_end());
}

pub(super) async fn diff(config: &Config, source: Option<&str>, as_json: bool) -> Result<Exit, Failure> {
    let document = source::read(config, source).await?;
    let new = condense(&document).map_err(|error| Failure::new(Exit::Failed, error.to_string()))?;
    let enabled = |name: &str| config.datasets.get(name).is_some_and(|settings| settings.enabled);
    let changes = differences(facts(), &new);
    let all = changes.len();
    let mut verdicts: Vec<Verdict> =
        changes.into_iter().filter_map(|change| judge::judge(change, enabled)).collect();
    verdicts.sort_by(|a, b| a.order().cmp(&b.order()));
    if as_json {
        let changes: Vec<_> = verdicts.iter().map(described).collect();
        say::json(changes.into());
    } else {
        say!("{} compared with {}, for which this esi-syncd was built", new.compat_date, facts().compat_date);
        for verdict in &verdicts {
            say!(
                "{:8}  {:4} {}: {}",
                verdict.severity.name(),
                verdict.change.method,
                verdict.change.path,
                verdict.words()
            );
        }
        if verdicts.is_empty() {
            say!("nothing changes for what esi-syncd copies");
        }
        if all > verdicts.len() {
            say!("{} more differences are in operations that esi-syncd does not copy", all - verdicts.len());
        }
    }
    let breaks = verdicts.iter().any(|verdict| verdict.severity == Severity::Breaking);
    Ok(if breaks { Exit::Failed } else { Exit::Fine })
}

fn described(verdict: &Verdict) -> serde_json::Value {
    let change = &verdict.change;
    json!({
        "severity": verdict.severity.name(),
        "operation": format!("{} {}", change.method, change.path),
        "datasets": verdict.datasets,
        "enabled": verdict.enabled,
        "part": change.part,
        "place": change.place,
        "from": change.from,
        "to": change.to,
        "read_by": verdict.read_by,
        "text": verdict.words(),
    })
}
