/** Answers as graphs, text, JSON, Markdown and pictures. */
import {toHtml as drawPage, type HtmlOptions} from '../emit/page/html.ts'
import {type DotOptions, toDot as writeDot} from '../emit/picture/dot.ts'
import {type MermaidOptions, toMermaid as writeMermaid} from '../emit/picture/mermaid.ts'
import {toPng as drawPng, type Png} from '../emit/picture/png.ts'
import {toSvg as drawSvg, type SvgOptions} from '../emit/picture/svg.ts'
import type {TextOptions} from '../emit/text/text-tree.ts'
import {type GraphOptions, toGraph as makeGraph} from '../graph/answer/to-graph.ts'
import type {MakersView} from '../graph/views/makers-view.ts'
import {aCount, aFlag, anObject, aSize, aText, checked, checkedLater, oneOf, optionsOf} from '../util/arguments.ts'
import {
  aComparison,
  aDrawable,
  aGraphAnswer,
  anAnswer,
  aPicture,
  type DrawableAnswer,
  graphOf,
  jsonOf,
  markdownOf,
  pictureOf,
  textOf,
} from './answers.ts'

/** The answer as a small graphology graph, keys `@id`; `by`: the owners that `why` has found, told besides. */
export const toGraph = checked(
  [
    ['answer', aGraphAnswer],
    ['options', optionsOf<GraphOptions>({raw: aFlag, by: aGraphAnswer})],
  ],
  makeGraph,
)

/** Any answer as text for a terminal, as its command prints it; ends with a line feed. `width`: columns, for previews. */
export const toText = checked(
  [
    ['answer', anAnswer],
    ['options', optionsOf<TextOptions>({paint: anObject, width: aCount})],
  ],
  textOf,
)

/** Any answer as a JSON document (docs/json.md, schemas/): ids are V8's, sizes bytes, names exact. */
export const toJson = checked([['answer', anAnswer]], jsonOf)

/** A comparison, of `growth` or `leaks`, as Markdown. */
export const toMarkdown = checked([['answer', aComparison]], markdownOf)

const direction = oneOf('LR', 'TB')

/** The answer as a DOT text, for Graphviz. */
export const toDot = checked(
  [
    ['answer', aDrawable],
    ['options', optionsOf<DotOptions>({rankdir: direction})],
  ],
  (answer: Parameters<typeof graphOf>[0], options: DotOptions = {}) => writeDot(graphOf(answer), options),
)

/** As a Mermaid flowchart of at most `maxNodes` objects. */
export const toMermaid = checked(
  [
    ['answer', aDrawable],
    ['options', optionsOf<MermaidOptions>({maxNodes: aCount, rankdir: direction})],
  ],
  (answer: Parameters<typeof graphOf>[0], options: MermaidOptions = {}) => writeMermaid(graphOf(answer), options),
)

const svgChecks = {
  maxNodes: aCount,
  rankdir: direction,
  theme: oneOf('auto', 'light', 'dark', 'print'),
  link: aText,
  timeoutMs: aSize,
  graphviz: aText,
}

/** As a picture that stands alone; of `makers`, with `theme` only. Throws RENDER if Graphviz fails or runs out of time (`timeoutMs`, 20,000). */
export const toSvg = checkedLater(
  [
    ['answer', aPicture],
    ['options', optionsOf<SvgOptions>(svgChecks)],
  ],
  async (answer: DrawableAnswer | MakersView, options: SvgOptions = {}): Promise<string> => {
    const picture = pictureOf(answer)
    return (
      picture?.svg(answer as MakersView, options.theme ?? 'auto') ?? drawSvg(graphOf(answer as DrawableAnswer), options)
    )
  },
)

/** As a page that stands alone: the picture, to be searched and opened further. Throws RENDER as `toSvg`. */
export const toHtml = checkedLater(
  [
    ['answer', aPicture],
    ['options', optionsOf<HtmlOptions>({...svgChecks, carriedNodes: aCount, file: aText, editor: aText, bare: aFlag})],
  ],
  async (answer: DrawableAnswer | MakersView, options: HtmlOptions = {}): Promise<string> => {
    const picture = pictureOf(answer)
    return (
      picture?.html(answer as MakersView, options.theme ?? 'auto') ??
      drawPage(graphOf(answer as DrawableAnswer), options)
    )
  },
)

/** A picture of `toSvg` as PNG: bytes, and its size in pixels. Throws RENDER where it would be too large, and where there is no resvg for the platform. */
export const toPng = checkedLater([['svg', aText]], (svg: string): Promise<Png> => drawPng(svg))
