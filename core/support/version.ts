// support: the package's version, for handshakes, logs and operators. A test holds it equal to package.json.

export const VERSION = '0.1.0'
