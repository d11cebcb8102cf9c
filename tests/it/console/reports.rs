//! Reports in the console: every chart has its table, files carry the same numbers, nonsense is refused kindly.
//! What never lives here: who may come in (matrix.rs), whether the numbers are right (reports/counted.rs).

use axum::http::StatusCode;
use waymark::{
    assistant::{Input, Said, Stated},
    casework::Channel,
};

use super::{Office, run};

async fn asked(office: &Office, times: usize, channel: Channel) {
    for _ in 0..times {
        let (id, _) = office.desk.start(channel, Stated::default()).await.unwrap();
        let input = Input {
            what: Said::Text("zanzibar does my PA get sick pay".to_owned()),
            channel,
            stated: Stated::default(),
        };
        office.desk.turn(&id, None, input).await.unwrap();
    }
}

#[test]
fn a_manager_reads_charts_with_their_tables_and_takes_the_same_away() {
    run(async {
        let office = Office::new();
        asked(&office, 6, Channel::Web).await;
        asked(&office, 7, Channel::Terminal).await;
        office.employ("max", &["manager"]).await;
        let mut max = office.signed_in("max").await;
        // The tests' day is 22 November 2026.
        let page = max.get("/console/reports?quarter=2026-Q4").await.body;
        assert!(page.contains("Oct to Dec 2026, so far"), "{page}");
        let charts = page.matches("<svg class=\"wm-chart\"").count();
        let tables = page.matches("<table").count();
        // Every chart has its table; a table of one line has no chart.
        assert!(
            (1..tables).contains(&charts),
            "{charts} charts, {tables} tables"
        );
        assert!(page.contains(">6</td>") && !page.contains("zanzibar"));
        let csv = max
            .get("/console/reports/file?quarter=2026-Q4&format=csv")
            .await;
        assert_eq!(csv.status, StatusCode::OK);
        assert!(
            csv.body.contains(
                ",people_by_channel,\"People, by channel\",conversations,web,Web chat,6,no"
            )
        );
        // A workbook is no text: reports/counted.rs opens one.
        for format in ["json", "md"] {
            let path =
                format!("/console/reports/file?from=2026-11-01&to=2026-11-30&format={format}");
            assert_eq!(max.get(&path).await.status, StatusCode::OK, "{format}");
        }
        for wrong in ["format=exe", "format=csv&from=x&to=y", ""] {
            let path = format!("/console/reports/file?{wrong}");
            assert_eq!(
                max.get(&path).await.status,
                StatusCode::NOT_FOUND,
                "{wrong}"
            );
        }
        for wrong in [
            "from=2026-11-30&to=2026-11-01",
            "from=2026-11-01",
            "quarter=2026",
        ] {
            let page = max.get(&format!("/console/reports?{wrong}")).await.body;
            assert!(
                page.contains("There is a problem") && !page.contains("<svg class=\"wm-chart\""),
                "{wrong}"
            );
        }
        // What is empty is said once, not under each heading.
        assert_eq!(page.matches("None in this period").count(), 1, "{page}");
        let before = max.get("/console/reports").await.body;
        assert!(before.contains("Nothing was counted in these days"));
        assert!(!before.contains("None in this period") && !before.contains("<table"));
        // A name may break at its joints only.
        let told = max.get("/console/reports/dictionary").await.body;
        assert!(told.contains("people_<wbr>by_<wbr>month"), "{told}");
    });
}
