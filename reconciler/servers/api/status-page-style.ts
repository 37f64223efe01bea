/** System fonts and two palettes; each text has at least 4.5:1 against what it stands on. */
export const STATUS_PAGE_STYLE = `
:root {
  --page: #f6f7f9; --card: #fff; --line: #d9dee5; --text: #1b222c; --quiet: #56616f;
  --accent: #9a4a08; --good: #14633a; --good-back: #e3f4ea; --busy: #1d4f91; --busy-back: #e5eefb;
  --warn: #7a4b00; --warn-back: #fdf1d8; --bad: #9c1c1c; --bad-back: #fdeaea; --calm-back: #eceff3;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14181e; --card: #1c222b; --line: #343d4a; --text: #e6eaf0; --quiet: #a5b0bf;
    --accent: #f0a35c; --good: #7fd6a3; --good-back: #173325; --busy: #93bdf7; --busy-back: #1a2c45;
    --warn: #f0c36a; --warn-back: #372b12; --bad: #ff9c9c; --bad-back: #3d1d1f; --calm-back: #2a323d;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 68rem; padding: 2rem 1.25rem 3rem; background: var(--page);
  color: var(--text); font: 1rem/1.5 system-ui, sans-serif;
}
h1, h2, h3, p, dl, dd, ul { margin: 0; }
header { border-left: .25rem solid var(--accent); padding-left: 1rem; }
h1 { font-size: 1.6rem; line-height: 1.2; }
header p { color: var(--quiet); }
section {
  margin-top: 1.5rem; padding: 1.25rem; background: var(--card); border: 1px solid var(--line);
  border-radius: .5rem;
}
.head { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: center; }
h2 { font-size: 1.25rem; overflow-wrap: anywhere; }
h2 span { color: var(--quiet); font-weight: 400; }
h3, caption { font-size: 1rem; font-weight: 600; text-align: left; }
h3 { margin-top: 1rem; }
dl { display: grid; gap: .4rem; margin: .9rem 0 1rem; }
dl div { display: grid; grid-template-columns: 14rem 1fr; gap: 0 1rem; }
dt { color: var(--quiet); }
dd { overflow-wrap: anywhere; }
code { font: .9em/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
.quiet, footer { color: var(--quiet); }
.badge {
  display: inline-block; padding: 0 .55rem; border-radius: 1rem; background: var(--calm-back);
  font-size: .875rem; white-space: nowrap;
}
.good { color: var(--good); background: var(--good-back); }
.busy { color: var(--busy); background: var(--busy-back); }
.warn { color: var(--warn); background: var(--warn-back); }
.bad { color: var(--bad); background: var(--bad-back); }
.diagnostics { list-style: none; padding: 0; }
.diagnostics li { padding: .35rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.scroll { overflow-x: auto; margin-top: 1rem; }
.scroll:focus-visible, a:focus-visible { outline: 2px solid var(--busy); outline-offset: 2px; }
table { width: 100%; border-collapse: collapse; }
caption { padding-bottom: .35rem; }
th, td { padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { color: var(--quiet); font-size: .875rem; font-weight: 400; }
tbody th { width: 24%; font-weight: 500; overflow-wrap: anywhere; }
tbody tr:last-child > * { border-bottom: 0; }
td:last-child { width: 60%; overflow-wrap: anywhere; }
.share { display: flex; gap: .6rem; align-items: center; }
.share meter { width: 10rem; height: .8rem; }
a { color: var(--busy); }
footer { margin-top: 1.5rem; font-size: .875rem; }
@media (max-width: 40rem) {
  dl div { grid-template-columns: 1fr; }
}
`;
