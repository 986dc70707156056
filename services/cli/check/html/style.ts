/** The style of the page: light and dark, from a phone on. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1d2430;--soft:#5b6472;--line:#d9dde3;--page:#fff;--card:#f6f7f9;
--baseline:#7f93ad;--current:#c2540a;--critical:#b3261e;--warning:#8a5a00;--ok:#1e6e3c;--nodata:#4a5568}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ee;--soft:#a3acb9;--line:#353c47;--page:#12161c;--card:#1a2028;
--baseline:#8ea4c1;--current:#f0924f;--critical:#ff8a80;--warning:#f2c14e;--ok:#7ed39b;--nodata:#aab4c2}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:62rem;padding:1rem;background:var(--page);color:var(--ink);font:1rem/1.45 system-ui,sans-serif}
h1{font-size:1.3rem;margin:.2rem 0}h2{font-size:1.1rem;margin:0 0 .3rem;overflow-wrap:anywhere}
p{margin:.3rem 0}.soft{color:var(--soft)}
.verdict{font-weight:700;white-space:nowrap}
.critical{color:var(--critical)}.warning{color:var(--warning)}.ok{color:var(--ok)}.insufficient_data,.no_baseline{color:var(--nodata)}
table{border-collapse:collapse;width:100%;margin:1rem 0;font-variant-numeric:tabular-nums}
th{text-align:left;font-weight:600;color:var(--soft)}
th,td{padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}
td{overflow-wrap:anywhere;min-width:4rem}td.soft{white-space:nowrap}td.figure{min-width:13rem}.number{text-align:right;white-space:nowrap}
a{color:inherit}
section{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.8rem 1rem;margin:1rem 0}
.plots{display:flex;flex-wrap:wrap;gap:1rem 2rem;margin-top:.6rem}
.plot{width:100%;max-width:27rem;flex:1 1 20rem;height:auto;align-self:flex-start}
svg text{fill:var(--ink);font:11px system-ui,sans-serif}
svg .label,svg .end{text-anchor:end}svg .middle{text-anchor:middle}
svg .share,svg .tick{fill:var(--soft)}
svg rect.baseline{fill:var(--baseline)}svg rect.current{fill:var(--current)}
svg polyline{fill:none;stroke-width:2}
svg polyline.baseline{stroke:var(--baseline);stroke-dasharray:5 3}svg polyline.current{stroke:var(--current)}
svg .grid{stroke:var(--line)}svg line.gap{stroke:var(--ink);stroke-width:2}
.key{display:inline-block;width:1.4em;height:.7em;margin-right:.3em}
.key.baseline{background:var(--baseline)}.key.current{background:var(--current)}
details{margin-top:.6rem}summary{cursor:pointer;color:var(--soft)}
.scroll{overflow-x:auto}
@media(max-width:40rem){
.fields thead{display:none}.fields tr{display:block;padding:.5rem 0;border-bottom:1px solid var(--line)}
.fields td{display:inline;border:0;padding:0 .5rem 0 0}.fields td.figure,.fields td.change{display:block}
.fields .number::before{content:attr(data-label) " ";color:var(--soft)}}
@media print{section{break-inside:avoid}}
`;
