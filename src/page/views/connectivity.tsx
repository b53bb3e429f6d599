import { useEffect, useState } from 'preact/hooks'
import { useRooms } from '../../client/react/chatroom-react'

/** A short cut is nobody's business. */
const PATIENCE_MS = 2_500

/** Says that there is no connection, once that has lasted. */
export function Connectivity() {
  const { state } = useRooms()
  const [isLate, setLate] = useState(false)
  const isLost = state !== 'complete'
  useEffect(() => {
    if (!isLost) return setLate(false)
    const timer = setTimeout(() => setLate(true), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [isLost])
  return (
    <div role="status" class="connectivity">
      {isLost && isLate && (
        <p class="connectivity-text">
          {navigator.onLine
            ? 'Connecting …'
            : 'You are offline. What you write is kept and sent when the connection is back.'}
        </p>
      )}
    </div>
  )
}
