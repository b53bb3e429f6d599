export { ChatRoom } from '../../src/room/room'

import worker from '../../src/index'
export default worker
