"""The look of a report: light, dark as the reader's system asks for, and printed."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --page: #ffffff; --soft: #f2f6f5; --text: #16201f; --muted: #55625f; --line: #d5dedc;
  --accent: #0f766e; --warn: #9a3412; --warn-page: #fff4ec; }
@media (prefers-color-scheme: dark) { :root { --page: #0e1514; --soft: #172120; --text: #e8efee; --muted: #a3b1ae;
  --line: #2b3836; --accent: #2fb3a5; --warn: #fdba8c; --warn-page: #33200f; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 1080px; padding: 28px 24px 60px; background: var(--page); color: var(--text);
  font: 16px/1.5 "Source Sans 3", "Source Sans Pro", "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 4px; }
h2 { font-size: 1.3rem; margin: 44px 0 8px; padding-top: 14px; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 20px 0 6px; }
p { margin: 8px 0; max-width: 78ch; }
a { color: var(--accent); }
code { font: 0.88em/1.5 ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
pre { background: var(--soft); padding: 10px 14px; border-radius: 6px; white-space: pre-wrap; margin: 8px 0; }
nav { font-size: 0.92rem; margin: 14px 0 0; }
nav a { margin-right: 14px; display: inline-block; }
.lead { color: var(--muted); }
.note { color: var(--muted); font-size: 0.9rem; }
.warn { color: var(--warn); background: var(--warn-page); border-radius: 6px; padding: 10px 14px; }
.badge { font-weight: 600; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 14px; margin: 14px 0; }
.card { background: var(--soft); border-radius: 6px; padding: 12px 14px; }
.card b { font-size: 1.7rem; font-weight: 600; display: block; line-height: 1.2; }
.card span { display: block; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 20px 28px; }
figure { margin: 0; min-width: 0; break-inside: avoid; }
figcaption { color: var(--muted); font-size: 0.9rem; margin-top: 4px; max-width: 78ch; }
.plot { width: 100%; max-width: 560px; height: auto; display: block; font: 12px "Source Sans 3", "Segoe UI", Arial, sans-serif; }
.plot .grid { stroke: var(--line); stroke-width: 1; }
.plot .tick { fill: var(--muted); }
.plot .axis { fill: var(--text); font-size: 13px; }
.plot .mark { fill: var(--muted); font-size: 11px; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 16px; padding: 0; margin: 4px 0 0; font-size: 0.88rem; }
.swatch { display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin-right: 6px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.92rem; margin: 8px 0; }
caption { text-align: left; color: var(--muted); padding-bottom: 4px; }
th, td { text-align: left; padding: 4px 14px 4px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
table.facts th { white-space: nowrap; padding-right: 24px; color: var(--muted); font-weight: 400; }
table.confusion { border-collapse: separate; border-spacing: 2px; }
table.confusion th, table.confusion td { border: 0; padding: 5px 7px; text-align: center; vertical-align: middle;
  line-height: 1.2; }
table.confusion th.row { text-align: right; }
table.confusion td { min-width: 50px; background: var(--soft); border-radius: 3px; color: var(--muted); }
table.confusion small { display: block; }
@media print {
  :root { color-scheme: light; --page: #ffffff; --soft: #f2f6f5; --text: #16201f; --muted: #55625f; --line: #d5dedc;
    --accent: #0f766e; --warn: #9a3412; --warn-page: #fff4ec; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  nav { display: none; }
  h2 { break-after: avoid; margin-top: 26px; }
  h3 { break-after: avoid; }
  tr, .card, .legend { break-inside: avoid; }
  .wide { overflow: visible; }
  table { font-size: 8.5pt; }
  th, td { padding: 2px 8px 2px 0; }
  .pair { grid-template-columns: 1fr 1fr; }
  .cards { grid-template-columns: repeat(4, 1fr); }
  .card, .swatch, table.confusion td, .plot, pre, .warn { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
"""
