import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'

const BUDGET = 90_000

it('the page is under 90 KB, gzipped, with its styles', () => {
  const files = readdirSync('public/page').map((name) => join('public/page', name))
  const sizes = files.map((file) => gzipSync(readFileSync(file)).length)
  expect(files.some((file) => file.endsWith('.js'))).toBe(true)
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(BUDGET)
})
