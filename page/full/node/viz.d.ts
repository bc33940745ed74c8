/** The package has types for its asynchronous half only. */
declare module '@aduh95/viz.js/sync' {
  export default function renderGraph(dot: string, options: {format: string; engine: string}): string
}
