/** How HTML files look: the picture's own colors, and the page around it in the same. */
import {MONO_FAMILY, SANS_FAMILY} from '../picture/font.ts'
import {dark, light, type Palette, print, styleSheet, type Theme} from '../picture/picture-style.ts'
import {plotStyle} from '../picture/plot-style.ts'

export function pageStyle(theme: Theme): string {
  const first = theme === 'dark' ? dark : theme === 'print' ? print : light
  const atNight = theme === 'auto' ? `@media (prefers-color-scheme:dark){${pageColors(dark)}}\n` : ''
  const onPaper = `@media print{${pageColors(print)}${paper}}\n`
  return `\n${styleSheet(theme)}${plotStyle(theme)}${shapes}\n${pageColors(first)}\n${atNight}${onPaper}`
}

function pageColors({page, plate, ink, soft, line, path, hull, cut, badgeInk}: Palette): string {
  return [
    `:root{--page:${page};--plate:${plate};--ink:${ink};--soft:${soft};--line:${line};--path:${path};--hull:${hull};--cut:${cut};--on:${badgeInk}}`,
  ].join('')
}

const paper =
  '#tools,#panel{display:none!important}#stage{height:auto!important;overflow:visible;border:0}#look{display:block!important}'

const shapes = `
*{box-sizing:border-box}
body{margin:0;padding:12px 16px;background:var(--page);color:var(--ink);font:.875rem/1.45 ${SANS_FAMILY}}
h1{font-size:1.1875rem;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:.9375rem;margin:0 0 6px;overflow-wrap:anywhere}
h3{font-size:.8125rem;margin:12px 0 4px}
p{margin:0 0 2px;overflow-wrap:anywhere}
header p,footer p{font-size:.78125rem;white-space:pre-wrap}
.hg-soft{color:var(--soft)}
header .hg-verdict,header .hg-cut{font-weight:bold}
header .hg-cut{color:var(--cut)}
header .hg-code{font:.75rem/1.4 ${MONO_FAMILY}}
#tools{display:flex;flex-wrap:wrap;gap:8px;align-items:center;margin:10px 0 8px}
#tools[hidden],#panel[hidden]{display:none}
input,button,summary{font:inherit;color:var(--ink);background:var(--plate);border:1px solid var(--line);border-radius:5px;padding:4px 9px;min-height:2rem}
input[type=checkbox]{min-height:0;width:1rem;height:1rem;accent-color:var(--path)}
#filter{width:13.125rem;max-width:100%}
button,summary{cursor:pointer}
summary{display:inline-block}
button[aria-pressed=true]{background:var(--cut);color:var(--page);border-color:var(--cut)}
:focus-visible{outline:3px solid var(--path);outline-offset:1px}
.buttons{display:inline-flex;gap:4px}
#types{position:relative}
#types fieldset{position:absolute;z-index:2;left:0;top:100%;background:var(--plate);border:1px solid var(--line);border-radius:6px;max-height:50vh;overflow:auto;min-width:min(15rem,calc(100vw - 40px));max-width:min(22.5rem,calc(100vw - 40px));margin:0;padding:6px 10px}
#types legend{float:left;width:100%;padding:0 0 4px;font-weight:bold}
#types label{display:flex;gap:6px;align-items:center;clear:both;overflow-wrap:anywhere;padding:3px 0}
#look{display:flex;gap:12px;align-items:stretch}
#stage{flex:1 1 auto;min-width:0;border:1px solid var(--line);border-radius:6px;overflow:auto}
#stage.live{height:calc(100vh - 220px);min-height:340px;overflow:hidden;touch-action:none;cursor:grab}
#stage.live.dragged{cursor:grabbing}
#stage.live>svg{width:100%;height:100%;display:block}
#panel{flex:0 0 min(18.75rem,40vw);max-height:calc(100vh - 220px);min-height:340px;overflow:auto;border:1px solid var(--line);border-radius:6px;padding:10px 12px;font-size:.8125rem}
#panel dl{display:grid;grid-template-columns:auto 1fr;gap:2px 10px;margin:0}
#panel dt{color:var(--soft)}
#panel dd{margin:0;overflow-wrap:anywhere}
#panel ul{list-style:none;margin:0;padding:0}
#panel li{display:flex;gap:6px;align-items:flex-start;padding:2px 0}
#panel li button:first-child{flex:1;text-align:left;overflow-wrap:anywhere}
.code{display:flex;gap:6px;align-items:flex-start;margin:4px 0}
.code code{flex:1;font:.75rem/1.4 ${MONO_FAMILY};background:var(--hull);border-radius:4px;padding:5px 7px;overflow-wrap:anywhere}
pre{font:.75rem/1.4 ${MONO_FAMILY};overflow:auto;max-height:60vh;background:var(--hull);padding:8px}
footer{margin-top:10px}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;list-style:none;margin:0 0 6px;padding:0;font-size:.78125rem;color:var(--soft)}
.legend li{display:flex;gap:5px;align-items:center}
.hg-none,#away>*:not(.hg-shown){display:none}
.hg-node{cursor:pointer}
.hg-node:focus .hg-card,.hg-node:focus-visible .hg-card{stroke:var(--path);stroke-width:4}
.hg-chosen .hg-card{stroke:var(--path);stroke-width:4}
[data-edge],[data-plate]{cursor:pointer}
[data-edge]:hover .hg-edge{stroke:var(--path)}
.hg-dim{opacity:.22}
.hg-found .hg-card{stroke:var(--path);stroke-width:3.5}
.hg-gone .hg-edge{stroke:var(--cut);stroke-dasharray:2 5}
.hg-gone .hg-tip{fill:var(--cut)}
.hg-gone .hg-plate{stroke:var(--cut);stroke-width:2;stroke-dasharray:3 2}
.hg-freed .hg-card{stroke:var(--cut);stroke-width:3;stroke-dasharray:4 3}
.hg-freed text{text-decoration:line-through}
#areas{width:100%;height:auto;display:block}
#details{min-height:3em;margin:8px 0;font-size:.8125rem;overflow-wrap:anywhere}
#tools button[aria-current]{font-weight:bold}
#wide{overflow-x:auto}
#flows{width:100%;min-width:760px;height:auto;display:block}
#flows .hg-node:hover .hg-flow,#flows .hg-node:focus .hg-flow{fill-opacity:.8}
.hg-pairs{border-collapse:collapse;margin:8px 0;font-size:.78125rem}
.hg-pairs th{text-align:left}
.hg-pairs th,.hg-pairs td{padding:2px 14px 2px 0;vertical-align:top;overflow-wrap:anywhere}
.hg-pairs td:nth-child(-n+2){text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
#plot svg{width:100%;height:auto;cursor:crosshair}
.hp-rule{stroke:currentColor;stroke-width:1;fill:none;pointer-events:none}
#moment{border-collapse:collapse;margin:8px 0}
#moment th{text-align:left;font-weight:normal;padding:2px 16px 2px 0}
#moment td{text-align:right;font-variant-numeric:tabular-nums;padding:2px 0;min-width:6em}
.hg-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
@media (max-width:47.5em){
body{padding:10px}
#look{display:block}
#stage.live{height:58vh;min-height:260px}
#panel{max-height:none;min-height:0;margin-top:8px}
#filter{flex:1 1 9.375rem;width:auto;min-width:0}
button,summary,input:not([type=checkbox]){min-height:max(40px,2rem);min-width:40px}
}
@media (prefers-reduced-motion:no-preference){.hg-node .hg-card{transition:stroke-width .1s}}
`
