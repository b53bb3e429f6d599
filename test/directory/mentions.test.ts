import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { open } from '../../src/directory/database'
import * as mentions from '../../src/directory/mentions'

it('listing mentions uses only primary keys, in their order', async () => {
  for (const after of [null, [1, 'room', 3] as [number, string, number]]) {
    const { sql, params } = mentions.list(open(env.DB), 'ana', { after, limit: 50 }).toSQL()
    const statement = env.DB.prepare(`explain query plan ${sql}`).bind(...params)
    const { results } = await statement.all<{ detail: string }>()
    const details = results.map(({ detail }) => detail)
    expect(details.filter((detail) => /SCAN|TEMP B-TREE/.test(detail))).toEqual([])
  }
})
