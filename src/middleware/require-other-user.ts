import { createMiddleware } from 'hono/factory'
import type { Directory } from '../directory/database'
import { distinctPair } from '../directory/edge-outcome'
import * as relationView from '../directory/relation-view'
import type { UserPair } from '../directory/social-edges'
import * as dmAccessFanout from '../fanout/dm-access-fanout'
import type { SessionEnv } from '../http/context'
import { publishRelations, readRelations } from '../inbox/relation-news'
import type { User } from '../schemas/users'

/** A change to the social edges of a pair; returns the new `dmAccessVersion` of the user. */
type EdgeChange = (directory: Directory, pair: UserPair, now: number) => Promise<number>

export interface OtherUserEnv {
  Bindings: SessionEnv['Bindings']
  Variables: SessionEnv['Variables'] & {
    /** You and the user in the path. */
    pair: UserPair
    /** Makes an edge and reads the user, with your new relation to them. */
    makeEdge: (change: EdgeChange) => Promise<User>
    endEdge: (change: EdgeChange) => Promise<void>
  }
}

/** Requires that the user in the path is not you; stands after `requireSession`. */
export const requireOtherUser = createMiddleware<OtherUserEnv, '/:userId'>(
  async function requireOtherUser(c, next) {
    const { access, directory, now } = c.var
    const pair = distinctPair(access.userId, c.req.param('userId'))
    c.set('pair', pair)
    const apply = async (change: EdgeChange) => {
      const before = await readRelations(directory, pair, now)
      const version = await change(directory, pair, now)
      await dmAccessFanout.updateDirectRoom(c.env, pair, version)
      publishRelations(c.env, pair, before, now)
    }
    c.set('endEdge', apply)
    c.set('makeEdge', async (change) => {
      await apply(change)
      return relationView.find(directory, pair, now)
    })
    await next()
  },
)
