// wire: which strings are paths of znodes, and how to take them apart (PathUtils and PrepRequestProcessor.validatePath).
//
//   valid     '/' or '/a/b': slash first, none last, no empty, '.' or '..' component
//   refused   U+0000-001F, U+007F-009F, U+D800-F8FF (surrogates, private use), U+FFF0-FFFF (U+FFFD among them, so that a path
//             whose bytes were not UTF-8 is refused too)
//
// Two UTF-16 units make a character outside the BMP, both are surrogates: such characters are refused by the same rule.

const SLASH = 0x2f
const DOT = 0x2e

/** Nodes that always exist. */
const SPECIAL_PATHS: ReadonlySet<string> = new Set(['/', '/zookeeper', '/zookeeper/quota', '/zookeeper/config'])

/** Why `path` cannot name a znode, `null` if it can. Sequential creates check {@link sequentialPathProblem}. */
export function pathProblem(path: string): string | null {
  const length = path.length
  if (length === 0) return 'a path must not be empty'
  if (path.charCodeAt(0) !== SLASH) return 'a path must start with /'
  if (length === 1) return null
  let start = 1
  for (let i = 1; i < length; i++) {
    const unit = path.charCodeAt(i)
    if (unit === SLASH) {
      const problem = componentProblem(path, start, i)
      if (problem !== null) return problem
      start = i + 1
    } else if (unit < 0x20 || (unit >= 0x7f && isRefusedUnit(unit))) {
      return `a path must not contain U+${unit.toString(16).toUpperCase().padStart(4, '0')} (at ${i})`
    }
  }
  if (start === length) return 'a path must not end with /'
  return componentProblem(path, start, length)
}

/** {@link pathProblem} for a sequential create, whose digits are still to come: the path may end with a slash. */
export function sequentialPathProblem(path: string): string | null {
  return pathProblem(`${path}1`)
}

/**
 * The lighter rules of delete and deleteContainer (PrepRequestProcessor.getParentPathAndValidate): a slash somewhere, no NUL, none of
 * the nodes that always exist.
 */
export function lightPathProblem(path: string): string | null {
  if (path.lastIndexOf('/') < 0) return 'a path must contain /'
  if (path.indexOf('\0') >= 0) return 'a path must not contain U+0000'
  if (SPECIAL_PATHS.has(path)) return `${path} always exists`
  return null
}

/** Where the last slash is, -1 if there is none. A name is short: from its end this is quicker than the engine's search. */
export function lastSlash(path: string): number {
  let at = path.length - 1
  while (at >= 0 && path.charCodeAt(at) !== SLASH) at--
  return at
}

/** The path of the node above; '/' for '/' itself. */
export function parentPath(path: string): string {
  const slash = lastSlash(path)
  return slash <= 0 ? '/' : path.slice(0, slash)
}

/** The last component; '' for '/'. */
export function baseName(path: string): string {
  return path.slice(lastSlash(path) + 1)
}

/** The path of the child `name` of `parent`. */
export function joinPath(parent: string, name: string): string {
  return parent === '/' ? `/${name}` : `${parent}/${name}`
}

function componentProblem(path: string, start: number, end: number): string | null {
  if (start === end) return 'a path must not contain an empty component'
  if (path.charCodeAt(start) !== DOT) return null
  if (end - start === 1 || (end - start === 2 && path.charCodeAt(start + 1) === DOT))
    return 'a path must not contain . or .. as a component'
  return null
}

function isRefusedUnit(unit: number): boolean {
  return unit <= 0x9f || (unit >= 0xd800 && unit <= 0xf8ff) || unit >= 0xfff0
}
