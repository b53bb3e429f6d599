import { createMiddleware } from 'hono/factory'
import type { Directory } from '../directory/database'
import { distinctPair } from '../directory/edge-outcome'
import type { UserPair } from '../directory/social-edges'
import * as dmAccessFanout from '../fanout/dm-access-fanout'
import type { SessionEnv } from '../http/context'

/** A change to the social edges of a pair; returns the new `dmAccessVersion` of the user. */
type EdgeChange = (directory: Directory, pair: UserPair, now: number) => Promise<number>

export interface OtherUserEnv {
  Bindings: SessionEnv['Bindings']
  Variables: SessionEnv['Variables'] & {
    /** You and the user in the path. */
    pair: UserPair
    /** Changes the edges of the pair, and tells their direct room. */
    changeEdges: (change: EdgeChange) => Promise<void>
  }
}

/** Requires that the user in the path is not you; stands after `requireSession`. */
export const requireOtherUser = createMiddleware<OtherUserEnv, '/:userId'>(
  async function requireOtherUser(c, next) {
    const { access, directory, now } = c.var
    const pair = distinctPair(access.userId, c.req.param('userId'))
    c.set('pair', pair)
    c.set('changeEdges', async (change) => {
      await dmAccessFanout.updateDirectRoom(c.env, pair, await change(directory, pair, now))
    })
    await next()
  },
)
