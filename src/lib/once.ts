const remembered = 500

/**
 * Does a thing once per key: a second call while the first is on its way waits for it, a later one gets the same answer. What failed
 * may be tried again. For a form that is sent twice.
 */
export function createOnce<Value>(): (key: string, work: () => Promise<Value>) => Promise<Value> {
  const begun = new Map<string, Promise<Value>>()
  return (key, work) => {
    const known = begun.get(key)
    if (known) return known
    const [oldest] = begun.keys()
    if (begun.size >= remembered && oldest !== undefined) begun.delete(oldest)
    const working = work()
    begun.set(key, working)
    working.catch(() => begun.delete(key))
    return working
  }
}
