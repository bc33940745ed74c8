/**
 * An SVG of ours as PNG, for where only pixels may be sent. Drawn by resvg with the fonts that come along: a server or a container often has
 * none, and text would be missing; and so the same picture gives the same bytes everywhere. Only for writing that those fonts do
 * not have, Chinese say, are the machine's own asked.
 */
import {fileURLToPath} from 'node:url'
import {packageFile} from '../../files/own-package.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {formatCount} from '../../util/units.ts'
import {MONO_FAMILY, SANS_FAMILY} from './font.ts'

/** A PNG file, and its size in pixels. */
export interface Png {
  /** The file. */
  bytes: Uint8Array
  /** Pixels. */
  width: number
  /** Pixels. */
  height: number
}

/** A pixel takes four bytes while it is drawn: 256 MB. */
const MAX_PIXELS = 64e6
const HOW_ELSE = 'SVG (.svg) has no such limit, --depth and --fan ask for less'

/** Pixels for each of the picture's own, where there is room: readable on screens of today. */
const PIXEL_RATIO = 2

/** Arimo is as wide as the Helvetica that cards are measured by; what it has no sign for comes from DejaVu. */
const SANS = 'Arimo'
const MONO = 'DejaVu Sans Mono'
/** Copied there by scripts/fonts.mjs. */
const FONTS = ['Arimo_400Regular', 'Arimo_700Bold', 'DejaVuSans', 'DejaVuSans-Bold', 'DejaVuSansMono']
const fontFiles = () => FONTS.map(name => fileURLToPath(packageFile(`dist/fonts/${name}.ttf`)))
/** What is not Latin to Hebrew and Arabic, nor punctuation, signs and arrows. */
const beyondOurFonts = /[\u0700-\u1fff\u2c00-\uffff]/

/**
 * Throws RENDER where the picture would be too large, and where there is no resvg for this platform. `load` is for tests.
 */
export async function toPng(svg: string, load = loadResvg): Promise<Png> {
  const {Resvg} = await load().catch(() => {
    const where = `${process.platform} ${process.arch}`
    throw new HeapgraphError(
      'RENDER',
      `PNG cannot be drawn here: resvg is not installed for ${where}`,
      'write SVG (.svg)',
    )
  })
  const font = {
    fontFiles: fontFiles(),
    loadSystemFonts: beyondOurFonts.test(svg),
    defaultFontFamily: SANS,
  }
  const text = svg.replaceAll(SANS_FAMILY, SANS).replaceAll(MONO_FAMILY, MONO)
  const {width, height} = sizeOf(svg)
  const zoom = width * height * PIXEL_RATIO ** 2 <= MAX_PIXELS ? PIXEL_RATIO : 1
  if (width * height > MAX_PIXELS) {
    const size = `${formatCount(width)} × ${formatCount(height)} pixels`
    throw new HeapgraphError('RENDER', `the picture has ${size}, too many for a PNG`, HOW_ELSE)
  }
  try {
    const drawn = new Resvg(text, {font, fitTo: {mode: 'zoom', value: zoom}}).render()
    return {bytes: drawn.asPng(), width: drawn.width, height: drawn.height}
  } catch (error) {
    throw new HeapgraphError('RENDER', `resvg cannot draw the picture: ${(error as Error).message}`, HOW_ELSE)
  }
}

function sizeOf(svg: string): {width: number; height: number} {
  const found = /^<svg [^>]*? width="(\d+)" height="(\d+)"/m.exec(svg)
  if (found === null) throw new HeapgraphError('USAGE', 'this is no SVG picture with a size', 'give what toSvg returns')
  return {width: Number(found[1]), height: Number(found[2])}
}

/** Native code, one package for each platform: not installed where npm was told to leave optional ones out. */
function loadResvg(): Promise<typeof import('@resvg/resvg-js')> {
  return import('@resvg/resvg-js')
}
