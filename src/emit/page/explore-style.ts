/** How the explorer looks, beside what all our pages have: a menu at the side, and the view. */
import {MONO_FAMILY} from '../picture/font.ts'

export const exploreStyle = `
body{padding:0}
#app{display:flex;min-height:100vh}
.ex-nav{flex:0 0 min(11.875rem,40vw);border-right:1px solid var(--line);padding:12px;display:flex;flex-direction:column;gap:2px;position:sticky;top:0;height:100vh;overflow:auto}
.ex-nav a{display:flex;justify-content:space-between;align-items:center;padding:6px 8px;border-radius:5px;color:var(--ink);text-decoration:none}
.ex-nav a[aria-current]{background:var(--hull);font-weight:bold}
.ex-nav kbd{font:.6875rem ${MONO_FAMILY};color:var(--soft)}
.ex-file{font-weight:bold;margin-bottom:8px;overflow-wrap:anywhere}
.ex-file select{max-width:100%}
.ex-main{flex:1;min-width:0;padding:16px 20px 40px}
.ex-main h2{margin-top:22px}
.ex-main a{color:var(--path)}
.ex-soft,.ex-asking,.ex-notes,.ex-place{color:var(--soft);font-weight:normal}
.ex-place,.ex-path{font:.78125rem ${MONO_FAMILY};overflow-wrap:anywhere}
.ex-wrong{border-left:4px solid var(--cut);padding:6px 10px;background:var(--plate)}
.ex-none{padding:6px 10px;background:var(--plate)}
.ex-notes{font-size:.78125rem;margin:8px 0 0}
.ex-notes summary{display:list-item;list-style:inside disclosure-closed;border:0;background:none;padding:2px 0;min-height:0}
.ex-notes[open] summary{list-style-type:disclosure-open}
.ex-notes ul{margin:4px 0;padding-left:18px}
.ex-command{display:flex;gap:8px;align-items:center;margin-top:8px}
.ex-command code{font:.75rem ${MONO_FAMILY};background:var(--hull);border-radius:4px;padding:5px 8px;overflow-wrap:anywhere}
.ex-command button{flex:none}
.ex-filters{display:flex;flex-wrap:wrap;gap:10px 18px;margin:8px 0}
.ex-filters select,.ex-file select{font:inherit;color:var(--ink);background:var(--plate);border:1px solid var(--line);border-radius:5px;min-height:2rem}
.ex-where{position:relative}
.ex-where [role=listbox]{position:absolute;z-index:3;left:0;top:100%;min-width:min(13.75rem,calc(100vw - 24px));max-width:min(30rem,calc(100vw - 24px));background:var(--page);border:1px solid var(--line);border-radius:6px;padding:4px}
.ex-where [role=listbox][hidden]{display:none}
.ex-where [role=option]{padding:4px 8px;border-radius:4px;cursor:pointer;font:.78125rem ${MONO_FAMILY};white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.ex-where [aria-selected=true]{background:var(--hull);font-weight:bold}
.ex-where mark{background:var(--cut);color:var(--on)}
.ex-where code{white-space:pre-wrap;overflow-wrap:anywhere}
.ex-table{max-height:70vh;overflow:auto;border:1px solid var(--line);border-radius:6px;font-size:.8125rem}
.ex-rows{position:relative}
.ex-row{display:grid;grid-template-columns:var(--wide);gap:10px;padding:0 10px;min-height:1.875rem;align-items:center}
.ex-rows .ex-row{position:absolute;left:0;right:0;border-top:1px solid var(--line)}
.ex-row>div{white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.ex-row>.ex-prose{white-space:normal;overflow-wrap:anywhere;display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:3;margin:5px 0}
.ex-row>.ex-number{text-align:right;font-variant-numeric:tabular-nums}
.ex-head{position:sticky;top:0;z-index:1;background:var(--plate);font-weight:bold}
.ex-head button{border:0;padding:0;background:none;font-weight:bold;min-width:0;min-height:1.75rem}
.ex-cards,.ex-types{padding-left:1.5rem}
.ex-cards>li{margin:0 0 14px;padding:10px 12px;border:1px solid var(--line);border-radius:6px;background:var(--plate)}
.ex-cards h3{margin:0 0 4px;font-size:.9375rem;overflow-wrap:anywhere}
.ex-cut{color:var(--cut);font-weight:bold}
.ex-code{margin:6px 0;padding:6px 0;background:var(--hull);border-radius:4px;overflow:auto}
.ex-code div{white-space:pre;padding:0 10px}
.ex-code span{display:inline-block;min-width:3.5em;color:var(--soft);user-select:none}
.ex-code .ex-meant{background:var(--plate);border-left:3px solid var(--cut);padding-left:7px}
.ex-verdict{display:flex;flex-wrap:wrap;gap:8px 12px;align-items:center;margin:8px 0 0}
.ex-verdict select{font:inherit;color:var(--ink);background:var(--plate);border:1px solid var(--line);border-radius:5px;min-height:2rem}
.ex-known>summary{margin:8px 0}
.ex-goto{display:flex;justify-content:space-between;align-items:center;margin-bottom:6px;padding:4px 8px}
.ex-palette{width:min(40rem,calc(100vw - 24px));margin:10vh auto 0;padding:12px;border:1px solid var(--line);border-radius:8px;background:var(--page);color:var(--ink)}
.ex-palette::backdrop{background:rgb(0 0 0 / .35)}
.ex-palette input{width:100%;box-sizing:border-box;font-size:1rem}
.ex-palette a{display:flex;gap:12px;justify-content:space-between;padding:5px 8px;border-radius:5px;color:var(--ink);text-decoration:none;overflow-wrap:anywhere}
.ex-palette a[aria-selected=true]{background:var(--hull);font-weight:bold}
.ex-palette [role=listbox]{margin-top:8px}
.ex-palette a span{white-space:nowrap}
.ex-palette a span:first-child{overflow:hidden;text-overflow:ellipsis}
.ex-palette p{margin:8px 0 0;font-size:.78125rem}
.ex-help{max-height:85vh;overflow:auto}
.ex-help dl{margin:0;font-size:.8125rem}
.ex-help dl>div{display:grid;grid-template-columns:9em 1fr;gap:10px}
.ex-help dd{margin:0}
.ex-help kbd{font:.75rem ${MONO_FAMILY}}
.ex-asking button{margin-left:8px}
.ex-hit{fill:none;stroke:transparent;stroke-width:14;pointer-events:stroke}
.ex-marks{padding-left:1.5rem}
.ex-histogram{border-collapse:collapse;font-size:.8125rem}
.ex-histogram th,.ex-histogram td{padding:3px 10px 3px 0;text-align:right;font-variant-numeric:tabular-nums}
.ex-histogram meter{width:15rem;max-width:30vw;height:.875rem}
.ex-picture>p{font-size:.78125rem}
.ex-picture h2{margin-top:0}
.ex-picture #stage.live{height:min(64vh,620px)}
.ex-picture #panel{max-height:min(64vh,620px)}
.ex-wide{position:relative;height:min(64vh,620px);border:1px solid var(--line);border-radius:6px;overflow:hidden}
.ex-wide-told{margin:6px 0}
.ex-spark{width:2.5rem;height:.9375rem;vertical-align:middle}
.ex-spark polyline{fill:none;stroke:var(--path);stroke-width:1.5}
@media (max-width:47.5em){
#app{display:block}
.ex-nav{position:static;height:auto;flex-direction:row;flex-wrap:wrap;border-right:0;border-bottom:1px solid var(--line)}
.ex-nav kbd{display:none}
.ex-main{padding:12px}
.ex-row{grid-template-columns:var(--narrow)}
.ex-row>.ex-name{order:-1;position:sticky;left:0;background:var(--page)}
.ex-head>.ex-name{background:var(--plate)}
}
`
