import { expect, it } from 'vitest'
import type { Json } from '../../src/schemas/json'
import { mergePatch } from '../../src/schemas/merge-patch'

// RFC 7396, appendix A: what there was, the patch, what there is.
const EXAMPLES: [string, string, string][] = [
  ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
  ['{"a":"b"}', '{"a":null}', '{}'],
  ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
  ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
  ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
  ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
  ['["a","b"]', '["c","d"]', '["c","d"]'],
  ['{"a":"b"}', '["c"]', '["c"]'],
  ['{"a":"foo"}', 'null', 'null'],
  ['{"a":"foo"}', '"bar"', '"bar"'],
  ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
  ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
  ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
]

it.each(EXAMPLES)('%s and %s make %s', (before, patch, after) => {
  expect(JSON.stringify(mergePatch(JSON.parse(before), JSON.parse(patch)))).toBe(after)
})

it('names that every object inherits are names like others, and what was there stays as it was', () => {
  const before = { a: { b: 1 } }
  const patch: Json = JSON.parse(
    '{"constructor":{"prototype":{"x":1}},"toString":{"y":2},"__proto__":{"z":3},"a":{"c":2}}',
  )
  const merged = mergePatch(before, patch)
  expect(JSON.stringify(merged)).toBe(
    '{"a":{"b":1,"c":2},"constructor":{"prototype":{"x":1}},"toString":{"y":2},"__proto__":{"z":3}}',
  )
  expect([before, ({} as { z?: number }).z, Object.getPrototypeOf(merged)]).toEqual([
    { a: { b: 1 } },
    undefined,
    Object.prototype,
  ])
})
