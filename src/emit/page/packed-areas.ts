/** Cells of areas as a page carries them: each text once, no names of fields. A quarter of the same as plain JSON. */
import type {AreaCell, Tint} from '../picture/area-tree.ts'
import type {LookName} from '../picture/looks.ts'

/** Numbers, the last of them places in `texts`, the cells within, and what has changed, if that is what the areas show. */
type PackedCell = [
  bytes: number,
  selfBytes: number,
  count: number,
  id: number,
  isOwn: number,
  look: number,
  name: number,
  type: number,
  about: number,
  children: PackedCell[],
  changed?: readonly [bytes: number, selfBytes: number, tint: Tint],
]

export interface PackedAreas {
  texts: string[]
  root: PackedCell
}

/** V8 gives no object this id. */
const NO_ID = -1

/** As deep as areas are: `AreaLimits` bounds it. */
export function packAreas(root: AreaCell): PackedAreas {
  const places = new Map<string, number>()
  const place = (text: string): number => {
    const known = places.get(text)
    if (known !== undefined) return known
    places.set(text, places.size)
    return places.size - 1
  }
  const pack = ({
    look,
    name,
    type,
    about,
    id = NO_ID,
    isOwn,
    count,
    selfBytes,
    bytes,
    changed,
    children,
  }: AreaCell): PackedCell => {
    const packed: PackedCell = [
      bytes,
      selfBytes,
      count,
      id,
      isOwn ? 1 : 0,
      place(look),
      place(name),
      place(type),
      place(about),
      children.map(pack),
    ]
    if (changed !== undefined) packed.push([changed.bytes, changed.selfBytes, changed.tint])
    return packed
  }
  const packed = pack(root)
  return {texts: [...places.keys()], root: packed}
}

export function unpackAreas({texts, root}: PackedAreas): AreaCell {
  const unpack = ([
    bytes,
    selfBytes,
    count,
    id,
    isOwn,
    look,
    name,
    type,
    about,
    children,
    changed,
  ]: PackedCell): AreaCell => ({
    look: texts[look] as LookName,
    name: texts[name],
    about: texts[about],
    id: id === NO_ID ? undefined : id,
    type: texts[type],
    isOwn: isOwn === 1,
    count,
    selfBytes,
    bytes,
    ...(changed && {changed: {bytes: changed[0], selfBytes: changed[1], tint: changed[2]}}),
    children: children.map(unpack),
  })
  return unpack(root)
}
