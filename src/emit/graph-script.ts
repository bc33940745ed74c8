/** Made of page/graph by scripts/page-scripts.mjs. */
export const script = "\n\n"
