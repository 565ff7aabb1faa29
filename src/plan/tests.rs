use super::limit::{Claim, share_out};
use super::*;
use crate::config;
use crate::config::{ConfigSource, Every, RegionRef, Regions, SupportedDataset};
use crate::declare::{Choice, Dialect, Retention, Table, TableIds, Targets, date, int, real, text, time};

const RULES: Rules = Rules { budget_share: 0.8, max_rate: 20.0, backfill_rate: 10.0 };

/// A live dataset of one target in a bucket of 12,000 tokens.
const fn live(name: &'static str, pages: u32) -> Dataset {
    Dataset::get(name, "/x").group("shared", 12_000).ttl(300).size(1, pages, 1)
}

fn wanted(dataset: &'static Dataset) -> Wanted {
    let settings = DatasetSettings {
        enabled: true,
        every: Every::Expires,
        regions: None,
        max_age: None,
        max_pairs: None,
        ids: config::Ids::Seen,
        backfill: false,
    };
    Wanted { dataset, settings }
}

fn with_regions(dataset: &'static Dataset, regions: Regions) -> Wanted {
    let Wanted { settings, .. } = wanted(dataset);
    Wanted { dataset, settings: DatasetSettings { regions: Some(regions), ..settings } }
}

fn plan_of(datasets: &[&'static Dataset]) -> Plan {
    Plan::new(datasets.iter().map(|d| wanted(d)).collect(), &PlanInput::default(), RULES)
}

fn seconds(time: Option<Duration>) -> u64 {
    time.expect("it has a cadence").as_secs()
}

fn configured(toml: &str) -> Config {
    let known: Vec<SupportedDataset> = crate::datasets::supported();
    let source = ConfigSource { name: "config.toml".to_owned(), text: toml.to_owned() };
    config::load(&source, std::iter::empty(), &known).unwrap_or_else(|error| panic!("{error}"))
}

fn limit<'a>(plan: &'a Plan, name: &str) -> &'a LimitPlan {
    plan.limits.iter().find(|l| l.name == name).unwrap_or_else(|| panic!("no limit {name}"))
}

fn planned<'a>(plan: &'a Plan, name: &str) -> &'a DatasetPlan {
    plan.datasets
        .iter()
        .find(|d| d.wanted.dataset.name == name)
        .unwrap_or_else(|| panic!("no dataset {name}"))
}

#[test]
fn a_page_costs_two_tokens_each_time_its_cache_turns() {
    static ONE: Dataset = live("one", 400);
    let plan = plan_of(&[&ONE]);
    let it = limit(&plan, "shared");
    assert_eq!((it.needed, it.available, it.limit), (2400.0, 9600.0, 12_000.0));
    assert!((it.used() - 0.25).abs() < 1e-9);
    assert!(plan.fits() && !it.is_spread());
    assert_eq!(seconds(plan.datasets[0].fastest), 300, "never before ESI's expiry");
    assert!((plan.requests_a_day() - 400.0 * 288.0).abs() < 1e-6);
}

#[test]
fn what_does_not_fit_is_stretched_until_it_does() {
    static HUGE: Dataset = live("huge", 2240);
    static SMALL: Dataset = live("small", 2);
    let plan = plan_of(&[&SMALL, &HUGE]);
    let it = limit(&plan, "shared");
    assert_eq!((it.needed, it.fits(), it.is_spread()), (13_452.0, false, true));
    let (small, huge) = (&plan.datasets[0], &plan.datasets[1]);
    assert_eq!(seconds(small.planned), 300, "the small one keeps its cadence");
    assert_eq!(seconds(huge.planned), 430, "300 x 13,440 / 9,588 = 420.5, rounded up");
    assert!((huge.stretch() - 430.0 / 300.0).abs() < 1e-9);
    assert_eq!(huge.starved_by, ["small"]);
    let used = plan.details(0, 0, small.planned) + plan.details(1, 0, huge.planned);
    assert!(used <= it.available, "{used}");
    assert_eq!(seconds(huge.fastest), 430);
}

#[test]
fn two_huge_ones_are_stretched_to_equal_parts() {
    static FIRST: Dataset = live("first", 1600);
    static SECOND: Dataset = live("second", 3200);
    let plan = plan_of(&[&FIRST, &SECOND]);
    // 4,800 tokens for each of them.
    assert_eq!(seconds(plan.datasets[0].planned), 600);
    assert_eq!(seconds(plan.datasets[1].planned), 1200);
    assert_eq!(plan.datasets[0].starved_by, ["second"]);
}

#[test]
fn backfills_keep_a_tenth_and_take_what_is_left() {
    let claim = |dataset, urgency, need| Claim { dataset, urgency, need };
    let tight = [claim(0, 0, 200.0), claim(1, 1, 0.0), claim(2, 2, 50.0)];
    assert_eq!(share_out(100.0, &tight), [90.0, 0.0, 10.0]);
    let modest = [claim(0, 0, 200.0), claim(1, 2, 4.0)];
    assert_eq!(share_out(100.0, &modest), [96.0, 4.0]);
    let roomy = [claim(0, 0, 20.0), claim(1, 1, 5.0), claim(2, 2, 500.0)];
    assert_eq!(share_out(100.0, &roomy), [20.0, 5.0, 75.0]);
    let equal = [claim(0, 0, 10.0), claim(1, 0, 80.0), claim(2, 0, 30.0)];
    assert_eq!(share_out(100.0, &equal), [10.0, 60.0, 30.0], "the smallest first");
}

#[test]
fn the_tightest_of_several_limits_counts() {
    static DETAILS: Dataset = Dataset::get("details", "/d")
        .ttl(60)
        .targets(Targets::FromTables(TableIds::of(&[])))
        .detail()
        .per_minute(30)
        .size(600, 1, 1);
    let plan = plan_of(&[&DETAILS]);
    let needed = |name| limit(&plan, name).needed;
    assert_eq!(
        [needed("/d"), needed("backfills without bucket")].map(f64::round).map(|n| n.to_string()),
        ["600", "9000"]
    );
    assert!(limit(&plan, "backfills without bucket").fits(), "10 a second, exactly");
    assert_eq!(seconds(plan.datasets[0].planned), 1200, "30 a minute");
    assert!(plan.datasets[0].starved_by.is_empty(), "this dataset alone exceeds the limit");
}

#[test]
fn esi_announcing_another_limit_wins() {
    static ONE: Dataset = live("one", 400);
    let limits = BTreeMap::from([("shared".to_owned(), (1000, Duration::from_mins(30)))]);
    let plan = Plan::new(vec![wanted(&ONE)], &PlanInput { limits, ..PlanInput::default() }, RULES);
    let it = limit(&plan, "shared");
    assert_eq!((it.needed, it.available), (4800.0, 800.0));
    assert_eq!(seconds(plan.datasets[0].planned), 1800);
}

#[test]
fn the_ledger_overrides_estimates_and_the_configuration_overrides_both() {
    static ORDERS: Dataset = Dataset::get("orders", "/markets/{region_id}/orders")
        .group("shared", 12_000)
        .ttl(300)
        .paged()
        .targets(Targets::Regions(Choice::Market))
        .size(11, 20, 20_000)
        .busy(&[(1, 100), (2, 60)]);
    let list = |ids: &[i64]| Regions::List(ids.iter().copied().map(RegionRef::Id).collect());
    let pages = |regions: Regions, counts: LedgerCounts| {
        let known =
            PlanInput { counts: BTreeMap::from([("orders".to_owned(), counts)]), ..PlanInput::default() };
        let Wanted { dataset, settings } = with_regions(&ORDERS, regions);
        demand(dataset, &settings, &known).requests
    };
    let nothing = LedgerCounts::default;
    // 220 pages in all, 160 of them in the busy two: 60 are left to nine.
    assert!((pages(Regions::All, nothing()) - 220.0).abs() < 1e-9);
    assert!((pages(list(&[1, 7]), nothing()) - (100.0 + 60.0 / 9.0)).abs() < 1e-9);
    let sets = || BTreeMap::from([(1, (90, 90_000)), (2, (50, 50_000)), (3, (9, 8500))]);
    let counts = || LedgerCounts { targets: 3, sets: sets(), regions: vec![1, 3], ..nothing() };
    assert!((pages(list(&[1, 3]), counts()) - 99.0).abs() < 1e-9, "region 2 is no longer selected");
}

#[test]
fn while_ids_are_still_appearing_the_declared_number_counts() {
    static NAMES: Dataset = Dataset::post("names", "/n")
        .targets(Targets::Named { batch: 1000 })
        .every(604_800)
        .size(60_000, 1, 1);
    let requests = |targets, read| {
        let counts = LedgerCounts { targets, read, pages: read, ..LedgerCounts::default() };
        let known =
            PlanInput { counts: BTreeMap::from([("names".to_owned(), counts)]), ..PlanInput::default() };
        demand(&NAMES, &wanted(&NAMES).settings, &known).requests
    };
    let counts = [requests(0, 0), requests(300, 20), requests(1500, 1500)].map(|n: f64| n.to_string());
    assert_eq!(counts, ["60", "60", "2"]);
}

#[test]
fn a_cron_line_counts_by_its_average() {
    static ONE: Dataset = live("one", 10);
    let every = |line: &str| {
        let Wanted { dataset, settings } = wanted(&ONE);
        interval(&Wanted {
            dataset,
            settings: DatasetSettings { every: Every::Cron(line.to_owned()), ..settings },
        })
    };
    assert_eq!(seconds(every("0 0,30 * * * *")), 1800);
    assert_eq!(seconds(every("0 30 11 * * *")), 86_400);
    assert_eq!(seconds(every("0 * * * * *")), 300, "not before it expires");
}

#[test]
fn static_content_is_a_fill_without_a_cadence() {
    static TYPES: Dataset = Dataset::get("types", "/t/{type_id}")
        .targets(Targets::Listed(crate::declare::IdList::paged("/t")))
        .detail()
        .with_build()
        .size(50_000, 1, 25);
    static HISTORY: Dataset = Dataset::get("history", "/h")
        .targets(Targets::FromTables(TableIds::of(&[])))
        .detail()
        .per_minute(200)
        .size(5000, 1, 400);
    let plan = plan_of(&[&TYPES, &HISTORY]);
    let fills = fills(&plan);
    assert_eq!(fills.iter().map(|f| f.dataset).collect::<Vec<_>>(), ["types", "history"]);
    assert_eq!((fills[0].requests, fills[0].rate, fills[0].with_build), (50_050.0, 10.0, true));
    assert_eq!((fills[1].time().as_secs(), fills[1].with_build), (1500, false));
    assert_eq!(together(&plan, &fills).as_secs(), 5505, "one after the other at ten a second");
    assert!((plan.datasets[0].requests_a_day() - 50.0).abs() < 1e-9, "its list, once a day");
}

#[test]
fn the_default_configuration_fits_and_all_regions_hardly_do() {
    let default = Plan::of(&configured(""), &PlanInput::default());
    assert!(default.fits());
    assert!(default.datasets.iter().all(|d| d.starved_by.is_empty()));
    let all = Plan::of(&configured("[datasets.market_orders]\nregions = \"all\"\n"), &PlanInput::default());
    let orders = limit(&all, "market-order");
    assert!(orders.fits() && orders.used() > 0.95, "{orders:?}");
    assert!(planned(&all, "market_orders").fastest >= Some(Duration::from_mins(5)));
    let every = "[datasets.market_history]\nregions = \"all\"\nmax_pairs = 10000000\n";
    let all = Plan::of(&configured(every), &PlanInput::default());
    let history = planned(&all, "market_history");
    assert!((1.0e6..2.0e6).contains(&history.demand.targets), "no more pairs than orders: {history:?}");
    assert!(history.planned > Some(Duration::from_hours(96)), "{history:?}");
}

#[test]
fn less_share_stretches_more() {
    let toml =
        |share: f64| format!("[esi]\nbudget_share = {share}\n[datasets.market_orders]\nregions = \"all\"\n");
    let cadence = |share| {
        seconds(planned(&Plan::of(&configured(&toml(share)), &PlanInput::default()), "market_orders").planned)
    };
    assert_eq!(cadence(0.8), 300);
    assert!((590..=610).contains(&cadence(0.4)), "{}", cadence(0.4));
}

#[test]
fn a_time_series_grows_as_long_as_it_is_kept() {
    static SERIES: Dataset =
        Dataset::get("series", "/s").ttl(3600).retention(Retention::Append).size(1, 1, 4500).tables(&[
            Table::new(
                "series",
                &["observed_at", "id"],
                &[time("observed_at").observed(), int("id"), int("n")],
            ),
        ]);
    static DAYS: Dataset = Dataset::get("days", "/d")
        .retention(Retention::Upsert)
        .size(10, 1, 400)
        .targets(Targets::FromTables(TableIds::of(&[])))
        .tables(&[Table::new(
            "days",
            &["id", "date"],
            &[int("id").param(), date("date"), real("price"), text("name")],
        )]);
    let of = |wanted: Wanted| {
        let plan = Plan::new(vec![wanted], &PlanInput::default(), RULES);
        space(&plan.datasets[0], Dialect::Sqlite)
    };
    let forever = of(wanted(&SERIES));
    assert_eq!((forever.rows, forever.yearly_rows), (0.0, 4500.0 * 8760.0));
    let Wanted { dataset, settings } = wanted(&SERIES);
    let month = of(Wanted {
        dataset,
        settings: DatasetSettings { max_age: Some(Duration::from_hours(720)), ..settings },
    });
    assert!((month.yearly_rows - 4500.0 * 720.0).abs() < 1e-6);
    assert!(month.yearly_bytes * 12.0 < forever.yearly_bytes);
    let refs = of(wanted(datasets::find("war_killmail_refs").expect("declared")));
    assert!(
        refs.rows > 0.0 && refs.yearly_rows == 0.0,
        "rows that are added once are not a series: {refs:?}"
    );
    let days = of(wanted(&DAYS));
    assert_eq!((days.rows, days.yearly_rows), (4000.0, 3650.0));
}

/// The figures were measured on filled SQLite databases.
#[test]
fn the_estimated_row_size_is_near_the_measured_one() {
    let row = |table: &str| {
        let (_, table) = datasets::filling(table).expect("declared");
        space::row(table, Dialect::Sqlite)
    };
    for (table, measured) in [("market_orders", 107.0), ("system_jumps", 38.0), ("system_kills", 41.0)] {
        let ratio = row(table) / measured;
        assert!((0.75..1.35).contains(&ratio), "{table}: {} against {measured}", row(table));
    }
}
