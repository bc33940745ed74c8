exports.parts = new Map()
