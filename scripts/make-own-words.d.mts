export declare function ownWords(): string[]
export declare function isCurrent(): boolean
