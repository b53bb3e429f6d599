import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'

const FOLDER = 'public/page'
const BUDGET_FIRST = 66_000
const BUDGET_ALL = 90_000

const text = (name: string) => readFileSync(join(FOLDER, name), 'utf8')
const sizeOf = (names: readonly string[]) =>
  names.reduce((sum, name) => sum + gzipSync(text(name)).length, 0)

/** What a browser reads before it shows anything: the document, what that names, and what those scripts begin with. */
function readFirst(): string[] {
  const names = new Set(['index.html'])
  for (const name of names) {
    const named = name.endsWith('.html')
      ? text(name).matchAll(/\/page\/([\w.-]+)/g)
      : text(name).matchAll(/\b(?:import|from)\s*"\.\/([\w.-]+)"/g)
    for (const [, file = ''] of named) names.add(file)
  }
  return [...names]
}

it('what the page reads first is under 66 KB, gzipped, with its styles; all of it under 90 KB', () => {
  const first = readFirst()
  expect(first.some((name) => name.endsWith('.js'))).toBe(true)
  expect(first.some((name) => name.endsWith('.css'))).toBe(true)
  expect(sizeOf(first)).toBeLessThan(BUDGET_FIRST)
  expect(sizeOf(readdirSync(FOLDER))).toBeLessThan(BUDGET_ALL)
})

const later = [
  ['the account', 'account-'],
  ['what large uploads need', 'upload-'],
] as const

for (const [what, prefix] of later) {
  it(`${what} is not among it`, () => {
    const files = readdirSync(FOLDER).filter((name) => name.startsWith(prefix))
    expect(files).toHaveLength(1)
    expect(readFirst()).not.toContain(files[0])
  })
}
