// Loaded before a program: its server listens on a port of the system's choice, on loopback, and the program prints where.
import { Server } from 'node:net'

const listen = Reflect.get(Server.prototype, 'listen')

Server.prototype.listen = function (_port, ...parameters) {
  this.once('listening', () => console.log(`http://127.0.0.1:${this.address().port}`))
  return listen.call(this, 0, '127.0.0.1', ...parameters.filter((parameter) => typeof parameter === 'function'))
}
