import { useSyncExternalStore } from 'preact/compat'
import { useEffect, useState } from 'preact/hooks'
import { useRooms } from '../../client/react/chatroom-react'

/** A short cut is nobody's business. */
const PATIENCE_MS = 2_500

/** Says that there is no connection: at once where the device says so, else once that has lasted. */
export function Connectivity() {
  const { state } = useRooms()
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine)
  const [isLate, setLate] = useState(false)
  const isLost = state !== 'complete'
  useEffect(() => {
    if (!isLost) return setLate(false)
    const timer = setTimeout(() => setLate(true), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [isLost])
  const text = !isOnline
    ? 'You are offline. What you write is kept and sent when the connection is back.'
    : isLost && isLate
      ? 'Connecting …'
      : null
  return (
    <div role="status" class="connectivity">
      {text && <p class="connectivity-text">{text}</p>}
    </div>
  )
}

function subscribe(listener: () => void): () => void {
  addEventListener('online', listener)
  addEventListener('offline', listener)
  return () => {
    removeEventListener('online', listener)
    removeEventListener('offline', listener)
  }
}
