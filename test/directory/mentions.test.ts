import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { open } from '../../src/directory/database'
import * as mentions from '../../src/directory/mentions'
import { encodeCursor } from '../../src/schemas/cursor'

it('listing mentions uses only primary keys, in their order', async () => {
  const cursor = encodeCursor([1, 'room', 3])
  for (const query of [{ limit: 50 }, { limit: 50, cursor }]) {
    const { sql, params } = mentions.list(open(env.DB), 'ana', query).toSQL()
    const statement = env.DB.prepare(`explain query plan ${sql}`).bind(...params)
    const { results } = await statement.all<{ detail: string }>()
    const details = results.map(({ detail }) => detail)
    expect(details.filter((detail) => /SCAN|TEMP B-TREE/.test(detail))).toEqual([])
  }
})
