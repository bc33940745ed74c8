/** The script of HTML files with a graph. */
export {}
