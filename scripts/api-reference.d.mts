export const PUBLIC_MODULES: Record<string, string>
export function exportsOf(module: string): {name: string; kind: string; comment: string; text: string}[]
export function apiReference(): string
