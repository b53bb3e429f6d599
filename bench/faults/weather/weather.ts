/** How D1 is, for the Worker and its rooms alike: they share an isolate. */
export const weather = { delayMs: 0, isDown: false }

export type Weather = typeof weather
