import * as media from './media'
import type { FloorRoom, RoomEnv } from './room'

export { FloorRoom } from './room'

interface FloorEnv extends RoomEnv {
  MEDIA: R2Bucket
  ROOMS: DurableObjectNamespace<FloorRoom>
}

/** The least a Worker can do: no auth, no validation, no framework. */
export default {
  fetch(request, env) {
    const [, noun, id] = new URL(request.url).pathname.split('/')
    if (!id) return new Response('ok')
    if (noun === 'media') return media.answer(request, env.MEDIA, id)
    return env.ROOMS.get(env.ROOMS.idFromName(id)).fetch(request)
  },
} satisfies ExportedHandler<FloorEnv>
