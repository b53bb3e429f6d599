import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { open } from '../../src/directory/database'
import * as fanoutProgress from '../../src/directory/fanout-progress'
import { users as usersTable } from '../../src/directory/schema'
import * as siteRoles from '../../src/directory/site-roles'
import * as users from '../../src/directory/users'

const directory = open(env.DB)

async function plan({ sql, params }: { sql: string; params: unknown[] }): Promise<string> {
  const statement = env.DB.prepare(`explain query plan ${sql}`).bind(...params)
  const { results } = await statement.all<{ detail: string }>()
  return results.map(({ detail }) => detail).join('\n')
}

it.each([null, ['anb', 'some-id'] as [string, string]])(
  'a search is two range scans of indexes that give the order too (after: %s)',
  async (after) => {
    const [named, shown, words] = users.searchStatements(
      directory,
      { search: 'an', limit: 50 },
      after,
    )
    expect(await plan(named.toSQL())).toBe(
      'SEARCH users USING INDEX users_by_username (app_id=? AND username>? AND username<?)',
    )
    expect(await plan(shown.toSQL())).toBe(
      'SEARCH users USING INDEX users_by_display_name (folded_name>? AND folded_name<?)',
    )
    expect(await plan(words.toSQL())).toMatch(
      /^SEARCH name_words USING COVERING INDEX sqlite_autoindex_name_words_1 \(/,
    )
  },
)

it('the sweep reads only users with a pending fanout, in order', async () => {
  const statement = fanoutProgress.listPending(directory, 'some-id', 100)
  expect(await plan(statement.toSQL())).toBe('SEARCH users USING INDEX users_to_spread (id>?)')
})

it('checking for another admin uses the index of admins', async () => {
  const sql = directory.select().from(usersTable).where(siteRoles.isNotLastAdmin(directory)).toSQL()
  expect(await plan(sql)).toContain('SCAN users USING INDEX users_admins')
})
