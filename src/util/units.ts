/** Numbers for people, the same on every machine: no locale is asked. */

/** Decimal steps, as in Chrome DevTools: 1 kB is 1,000 bytes. */
const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB']

/** `96 B`, `9.6 kB`, `12.4 MB`. */
export function formatBytes(bytes: number): string {
  let value = Math.abs(bytes)
  let unit = 0
  // 999.95 and more would be printed as 1000.0.
  while (value >= (unit === 0 ? 1000 : 999.95) && unit < byteUnits.length - 1) {
    value /= 1000
    unit++
  }
  const digits = unit === 0 ? String(value) : value.toFixed(1)
  return `${bytes < 0 ? '-' : ''}${digits} ${byteUnits[unit]}`
}

/** `1,234,567`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `91 %`, below ten with one decimal; a part that is not nothing and not all never reads as 0 or 100. */
export function formatPercent(part: number, whole: number): string {
  if (part === 0 || whole === 0) return '0 %'
  const percent = (100 * part) / whole
  if (percent < 0.1) return '<0.1 %'
  if (percent < 9.95) return `${percent.toFixed(1)} %`
  if (part < whole && percent > 99) return '>99 %'
  return `${Math.round(percent)} %`
}

/** `1 object`, `1,234 objects`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

const MS_OF_UNIT: Record<string, number> = {ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000}

/** `30s`, `5m`, `1.5 h`, `500ms`, `30` (seconds): a time in milliseconds; undefined if the text is none, or no time at all. */
export function parseDuration(text: string): number | undefined {
  const parts = /^(\d+(?:\.\d+)?) ?(ms|s|m|min|h|d)?$/.exec(text)
  const ms = parts === null ? 0 : Number(parts[1]) * MS_OF_UNIT[parts[2] ?? 's']
  return ms > 0 ? ms : undefined
}

const STEP_OF_PREFIX: Record<string, number> = {'': 0, k: 1, m: 2, g: 3, t: 4}

/** What stands behind a size: `b`, `kb`, `mb`, `gb`, `tb` in steps of 1,000, or `kib` … `tib` in steps of 1,024; letters of either size. */
export function unitBytes(unit: string): number | undefined {
  const parts = /^([kmgt]?)(i?)b?$/i.exec(unit)
  if (parts === null || (parts[2] !== '' && !/^[kmgt]ib$/i.test(unit))) return undefined
  return (parts[2] === '' ? 1000 : 1024) ** STEP_OF_PREFIX[parts[1].toLowerCase()]
}

/** `10GB`, `1.5 MB`, `64KiB`, `1000`: a size in bytes, as sizes are printed and more; undefined if the text is none. */
export function parseBytes(text: string): number | undefined {
  const size = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(text)
  const unit = size === null ? undefined : unitBytes(size[2])
  return size === null || unit === undefined ? undefined : Math.round(Number(size[1]) * unit)
}
