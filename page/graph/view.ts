/** Panning and zooming: which part of the picture the stage shows. */
import type {Box} from './place.ts'

const [smallest, largest] = [0.08, 4]
/** Below this, text is not read but guessed. */
const readable = 0.7
/** Left free around the picture. */
const edge = 14
/** A pointer that moves less is a click. */
const slip = 5

/** As near to `at` as leaves nothing beside the picture in sight; its middle if all of it fits. */
function within(at: number, from: number, to: number, half: number): number {
  return to - from <= 2 * half ? (from + to) / 2 : Math.max(from + half, Math.min(to - half, at))
}

export interface View {
  /** All of them, or, where they would be too small to read, around one. */
  fit(boxes: Iterable<Box>, around?: Box): void
  zoom(factor: number): void
  /** Moves no more than is needed to see the box. */
  see(box: Box): void
  /** Whether the pointer has just been dragging: what follows is no click. */
  wasDragged(): boolean
}

/** `scrolls`: the wheel is the page's, unless Ctrl is pressed. */
export function makeView(stage: HTMLElement, svg: SVGSVGElement, scrolls = false): View {
  let [x, y, scale] = [0, 0, 1]
  const apply = () => {
    const {width, height} = stage.getBoundingClientRect()
    svg.setAttribute(
      'viewBox',
      [x - width / 2 / scale, y - height / 2 / scale, width / scale, height / scale].join(' '),
    )
  }
  const limit = (value: number) => Math.min(largest, Math.max(smallest, value))
  const zoomAt = (factor: number, clientX: number, clientY: number) => {
    const {left, top, width, height} = stage.getBoundingClientRect()
    const [dx, dy] = [clientX - left - width / 2, clientY - top - height / 2]
    const next = limit(scale * factor)
    x += dx / scale - dx / next
    y += dy / scale - dy / next
    scale = next
    apply()
  }
  const middle = () => {
    const {left, top, width, height} = stage.getBoundingClientRect()
    return [left + width / 2, top + height / 2] as const
  }
  const fit = (boxes: Iterable<Box>, around?: Box) => {
    const all = [...boxes]
    if (all.length === 0) return
    const left = Math.min(...all.map(box => box.x - box.width / 2)) - edge
    const right = Math.max(...all.map(box => box.x + box.width / 2)) + edge
    const top = Math.min(...all.map(box => box.y - box.height / 2)) - edge
    const low = Math.max(...all.map(box => box.y + box.height / 2)) + edge
    const {width, height} = stage.getBoundingClientRect()
    scale = limit(Math.min(1, width / (right - left), height / (low - top)))
    x = (left + right) / 2
    y = (top + low) / 2
    if (around !== undefined && scale < readable) {
      scale = readable
      x = within(around.x, left, right, width / 2 / scale)
      y = within(around.y, top, low, height / 2 / scale)
    }
    apply()
  }
  const dragged = followPointers(
    stage,
    (dx, dy) => {
      x -= dx / scale
      y -= dy / scale
      apply()
    },
    zoomAt,
  )
  stage.addEventListener(
    'wheel',
    event => {
      if (scrolls && !event.ctrlKey) return
      event.preventDefault()
      zoomAt(Math.exp(-Math.max(-60, Math.min(60, event.deltaY)) / 300), event.clientX, event.clientY)
    },
    {passive: false},
  )
  new ResizeObserver(apply).observe(stage)
  return {
    fit,
    zoom: factor => zoomAt(factor, ...middle()),
    see(box) {
      const {width, height} = stage.getBoundingClientRect()
      const [halfWidth, halfHeight] = [(width / 2 - 12) / scale, (height / 2 - 12) / scale]
      const shift = (at: number, half: number, middle: number, room: number) =>
        at - half < middle - room ? at - half + room : at + half > middle + room ? at + half - room : middle
      x = shift(box.x, box.width / 2, x, halfWidth)
      y = shift(box.y, box.height / 2, y, halfHeight)
      apply()
    },
    wasDragged: dragged,
  }
}

/** One pointer drags, two zoom. */
function followPointers(
  stage: HTMLElement,
  drag: (dx: number, dy: number) => void,
  zoomAt: (factor: number, x: number, y: number) => void,
): () => boolean {
  const pointers = new Map<number, {x: number; y: number}>()
  let way = 0
  stage.addEventListener('pointerdown', event => {
    if (pointers.size === 0) way = 0
    pointers.set(event.pointerId, {x: event.clientX, y: event.clientY})
  })
  stage.addEventListener('pointermove', event => {
    const before = pointers.get(event.pointerId)
    if (before === undefined) return
    const now = {x: event.clientX, y: event.clientY}
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1]
    if (other !== undefined) {
      const apart = (at: {x: number; y: number}) => Math.hypot(at.x - other.x, at.y - other.y)
      way = slip
      zoomAt(apart(now) / Math.max(1, apart(before)), (now.x + other.x) / 2, (now.y + other.y) / 2)
    } else {
      way += Math.hypot(now.x - before.x, now.y - before.y)
      if (way >= slip) {
        stage.setPointerCapture(event.pointerId)
        stage.classList.add('dragged')
        drag(now.x - before.x, now.y - before.y)
      }
    }
    if (way >= slip || other !== undefined) pointers.set(event.pointerId, now)
  })
  const end = (event: PointerEvent) => {
    pointers.delete(event.pointerId)
    stage.classList.remove('dragged')
  }
  stage.addEventListener('pointerup', end)
  stage.addEventListener('pointercancel', end)
  return () => way >= slip
}
