/** Who lays a picture out, and how long that may take. */
export interface LayoutOptions {
  /** Measured: 200 nodes with labeled edges take 0.4 s, 2,000 more than a minute. */
  timeoutMs?: number
  /** Path of a native `dot` to use instead of graphviz-cli. */
  graphviz?: string
}

/** What to do about a picture that is too large to be laid out. */
export const HOW_TO_SHRINK = 'ask for less with --depth or --fan; the DOT form (.dot) still works, for another Graphviz'
