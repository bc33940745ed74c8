/** Points and lines of pictures, in pixels. Scripts in HTML files use it too. */

export interface Point {
  x: number
  y: number
}

/** A cubic Bézier spline, from the first point on by three at a time, and where its arrow ends. */
export interface Spline {
  points: Point[]
  tip: Point | undefined
  label: Point | undefined
}

/** A tenth of a pixel is as fine as anybody sees. */
export function round(value: number): number {
  return Math.round(value * 10) / 10 + 0
}

/** The line ends where the arrow begins. */
export function lineAndArrow({points, tip}: Spline, width: number): {line: string; arrow: string} {
  const [start, ...rest] = points.map(({x, y}) => `${round(x)} ${round(y)}`)
  const line = `M${start}C${rest.join(' ')}`
  if (tip === undefined) return {line, arrow: ''}
  const base = points[points.length - 1]
  const length = Math.hypot(tip.x - base.x, tip.y - base.y) || 1
  const [dx, dy] = [(tip.x - base.x) / length, (tip.y - base.y) / length]
  const half = 3 + width * 0.7
  const corner = (sign: number) => `${round(base.x - sign * dy * half)} ${round(base.y + sign * dx * half)}`
  return {line, arrow: `M${round(tip.x)} ${round(tip.y)}L${corner(1)} ${corner(-1)}Z`}
}
