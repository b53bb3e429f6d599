const first = (table: readonly (readonly [RegExp, string])[], userAgent: string) =>
  table.find(([pattern]) => pattern.test(userAgent))?.[1]

// The order matters: a browser also names the browsers it descends from, so the newest is tried first.
const browsers = [
  [/\bEdgA?(iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS)\//, 'Chrome'],
  [/\bVersion\/\S+ .*Safari\//, 'Safari'],
] as const

const systems = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
] as const

const MAX_NAME = 64

/** A readable name for the device of a User-Agent: "Firefox on Linux", "curl", "unknown device". */
export function deviceName(userAgent = ''): string {
  const product = /^[\w.-]+/.exec(userAgent)?.[0].slice(0, MAX_NAME)
  const program = first(browsers, userAgent) ?? (product === 'Mozilla' ? 'Browser' : product)
  if (!program) return 'unknown device'
  const system = first(systems, userAgent)
  return system ? `${program} on ${system}` : program
}
