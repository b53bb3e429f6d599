// Their bodies are media, not JSON; each has limits of its own.
const BINARY = /^\/v1\/(me\/avatar|rooms\/[^/]+\/(media|avatar|uploads(\/[^/]+)?))$/

/** Whether the body of a request to this path is bytes that must not be read as text. */
export const takesBytes = (path: string): boolean => BINARY.test(path)
