import type { FloorRoom } from './room'

export { FloorRoom } from './room'

interface FloorEnv {
  ROOMS: DurableObjectNamespace<FloorRoom>
}

/** The least a Worker can do: no auth, no validation, no framework. */
export default {
  fetch(request, env) {
    const roomId = new URL(request.url).pathname.split('/')[2]
    if (!roomId) return new Response('ok')
    return env.ROOMS.get(env.ROOMS.idFromName(roomId)).fetch(request)
  },
} satisfies ExportedHandler<FloorEnv>
