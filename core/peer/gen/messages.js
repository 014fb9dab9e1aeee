/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

// Common aliases
const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

// Exported root namespace
const $root = $protobuf.roots["zoarium"] || ($protobuf.roots["zoarium"] = {});

export const zoarium = $root.zoarium = (() => {

    /**
     * Namespace zoarium.
     * @exports zoarium
     * @namespace
     */
    const zoarium = {};

    zoarium.HardState = (function() {

        /**
         * Properties of a HardState.
         * @typedef {Object} zoarium.HardState.$Properties
         * @property {number|null} [term] HardState term
         * @property {number|null} [votedFor] HardState votedFor
         * @property {number|null} [commit] HardState commit
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a HardState.
         * @memberof zoarium
         * @interface IHardState
         * @augments zoarium.HardState.$Properties
         * @deprecated Use zoarium.HardState.$Properties instead.
         */

        /**
         * Shape of a HardState.
         * @typedef {zoarium.HardState.$Properties} zoarium.HardState.$Shape
         */

        /**
         * Constructs a new HardState.
         * @memberof zoarium
         * @classdesc Represents a HardState.
         * @constructor
         * @param {zoarium.HardState.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const HardState = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * HardState term.
         * @member {number} term
         * @memberof zoarium.HardState
         * @instance
         */
        HardState.prototype.term = 0;

        /**
         * HardState votedFor.
         * @member {number} votedFor
         * @memberof zoarium.HardState
         * @instance
         */
        HardState.prototype.votedFor = 0;

        /**
         * HardState commit.
         * @member {number} commit
         * @memberof zoarium.HardState
         * @instance
         */
        HardState.prototype.commit = 0;

        /**
         * Creates a new HardState instance using the specified properties.
         * @function create
         * @memberof zoarium.HardState
         * @static
         * @param {zoarium.HardState.$Properties=} [properties] Properties to set
         * @returns {zoarium.HardState} HardState instance
         * @type {{
         *   (properties: zoarium.HardState.$Shape): zoarium.HardState & zoarium.HardState.$Shape;
         *   (properties?: zoarium.HardState.$Properties): zoarium.HardState;
         * }}
         */
        HardState.create = function(properties) {
            return new HardState(properties);
        };

        /**
         * Encodes the specified HardState message. Does not implicitly {@link zoarium.HardState.verify|verify} messages.
         * @function encode
         * @memberof zoarium.HardState
         * @static
         * @param {zoarium.HardState.$Properties} message HardState message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        HardState.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.term != null && $Object.hasOwnProperty.call(message, "term") && !$Object.is(message.term, 0))
                writer.uint32(/* id 1, wireType 1 =*/9).double(message.term);
            if (message.votedFor != null && $Object.hasOwnProperty.call(message, "votedFor") && message.votedFor !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.votedFor);
            if (message.commit != null && $Object.hasOwnProperty.call(message, "commit") && !$Object.is(message.commit, 0))
                writer.uint32(/* id 3, wireType 1 =*/25).double(message.commit);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a HardState message from the specified reader or buffer.
         * @function decode
         * @memberof zoarium.HardState
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {zoarium.HardState & zoarium.HardState.$Shape} HardState
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        HardState.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.zoarium.HardState();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.term = value;
                        else
                            delete message.term;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.votedFor = value;
                        else
                            delete message.votedFor;
                        continue;
                    }
                case 3: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.commit = value;
                        else
                            delete message.commit;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return HardState;
    })();

    zoarium.SnapshotMetadata = (function() {

        /**
         * Properties of a SnapshotMetadata.
         * @typedef {Object} zoarium.SnapshotMetadata.$Properties
         * @property {number|null} [formatVersion] SnapshotMetadata formatVersion
         * @property {number|null} [index] SnapshotMetadata index
         * @property {number|null} [term] SnapshotMetadata term
         * @property {number|null} [termStart] SnapshotMetadata termStart
         * @property {number|null} [totalBytes] SnapshotMetadata totalBytes
         * @property {number|null} [chunkCount] SnapshotMetadata chunkCount
         * @property {Uint8Array|null} [sha256] SnapshotMetadata sha256
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a SnapshotMetadata.
         * @memberof zoarium
         * @interface ISnapshotMetadata
         * @augments zoarium.SnapshotMetadata.$Properties
         * @deprecated Use zoarium.SnapshotMetadata.$Properties instead.
         */

        /**
         * Shape of a SnapshotMetadata.
         * @typedef {zoarium.SnapshotMetadata.$Properties} zoarium.SnapshotMetadata.$Shape
         */

        /**
         * Constructs a new SnapshotMetadata.
         * @memberof zoarium
         * @classdesc Represents a SnapshotMetadata.
         * @constructor
         * @param {zoarium.SnapshotMetadata.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const SnapshotMetadata = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * SnapshotMetadata formatVersion.
         * @member {number} formatVersion
         * @memberof zoarium.SnapshotMetadata
         * @instance
         */
        SnapshotMetadata.prototype.formatVersion = 0;

        /**
         * SnapshotMetadata index.
         * @member {number} index
         * @memberof zoarium.SnapshotMetadata
         * @instance
         */
        SnapshotMetadata.prototype.index = 0;

        /**
         * SnapshotMetadata term.
         * @member {number} term
         * @memberof zoarium.SnapshotMetadata
         * @instance
         */
        SnapshotMetadata.prototype.term = 0;

        /**
         * SnapshotMetadata termStart.
         * @member {number} termStart
         * @memberof zoarium.SnapshotMetadata
         * @instance
         */
        SnapshotMetadata.prototype.termStart = 0;

        /**
         * SnapshotMetadata totalBytes.
         * @member {number} totalBytes
         * @memberof zoarium.SnapshotMetadata
         * @instance
         */
        SnapshotMetadata.prototype.totalBytes = 0;

        /**
         * SnapshotMetadata chunkCount.
         * @member {number} chunkCount
         * @memberof zoarium.SnapshotMetadata
         * @instance
         */
        SnapshotMetadata.prototype.chunkCount = 0;

        /**
         * SnapshotMetadata sha256.
         * @member {Uint8Array} sha256
         * @memberof zoarium.SnapshotMetadata
         * @instance
         */
        SnapshotMetadata.prototype.sha256 = $util.newBuffer([]);

        /**
         * Creates a new SnapshotMetadata instance using the specified properties.
         * @function create
         * @memberof zoarium.SnapshotMetadata
         * @static
         * @param {zoarium.SnapshotMetadata.$Properties=} [properties] Properties to set
         * @returns {zoarium.SnapshotMetadata} SnapshotMetadata instance
         * @type {{
         *   (properties: zoarium.SnapshotMetadata.$Shape): zoarium.SnapshotMetadata & zoarium.SnapshotMetadata.$Shape;
         *   (properties?: zoarium.SnapshotMetadata.$Properties): zoarium.SnapshotMetadata;
         * }}
         */
        SnapshotMetadata.create = function(properties) {
            return new SnapshotMetadata(properties);
        };

        /**
         * Encodes the specified SnapshotMetadata message. Does not implicitly {@link zoarium.SnapshotMetadata.verify|verify} messages.
         * @function encode
         * @memberof zoarium.SnapshotMetadata
         * @static
         * @param {zoarium.SnapshotMetadata.$Properties} message SnapshotMetadata message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        SnapshotMetadata.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.formatVersion != null && $Object.hasOwnProperty.call(message, "formatVersion") && message.formatVersion !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.formatVersion);
            if (message.index != null && $Object.hasOwnProperty.call(message, "index") && !$Object.is(message.index, 0))
                writer.uint32(/* id 2, wireType 1 =*/17).double(message.index);
            if (message.term != null && $Object.hasOwnProperty.call(message, "term") && !$Object.is(message.term, 0))
                writer.uint32(/* id 3, wireType 1 =*/25).double(message.term);
            if (message.termStart != null && $Object.hasOwnProperty.call(message, "termStart") && !$Object.is(message.termStart, 0))
                writer.uint32(/* id 4, wireType 1 =*/33).double(message.termStart);
            if (message.totalBytes != null && $Object.hasOwnProperty.call(message, "totalBytes") && !$Object.is(message.totalBytes, 0))
                writer.uint32(/* id 5, wireType 1 =*/41).double(message.totalBytes);
            if (message.chunkCount != null && $Object.hasOwnProperty.call(message, "chunkCount") && !$Object.is(message.chunkCount, 0))
                writer.uint32(/* id 6, wireType 1 =*/49).double(message.chunkCount);
            if (message.sha256 != null && $Object.hasOwnProperty.call(message, "sha256") && message.sha256.length)
                writer.uint32(/* id 7, wireType 2 =*/58).bytes(message.sha256);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a SnapshotMetadata message from the specified reader or buffer.
         * @function decode
         * @memberof zoarium.SnapshotMetadata
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {zoarium.SnapshotMetadata & zoarium.SnapshotMetadata.$Shape} SnapshotMetadata
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        SnapshotMetadata.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.zoarium.SnapshotMetadata();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.formatVersion = value;
                        else
                            delete message.formatVersion;
                        continue;
                    }
                case 2: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.index = value;
                        else
                            delete message.index;
                        continue;
                    }
                case 3: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.term = value;
                        else
                            delete message.term;
                        continue;
                    }
                case 4: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.termStart = value;
                        else
                            delete message.termStart;
                        continue;
                    }
                case 5: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.totalBytes = value;
                        else
                            delete message.totalBytes;
                        continue;
                    }
                case 6: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.chunkCount = value;
                        else
                            delete message.chunkCount;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.sha256 = value;
                        else
                            delete message.sha256;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return SnapshotMetadata;
    })();

    zoarium.TornTail = (function() {

        /**
         * Properties of a TornTail.
         * @typedef {Object} zoarium.TornTail.$Properties
         * @property {number|null} [offset] TornTail offset
         * @property {number|null} [bytes] TornTail bytes
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a TornTail.
         * @memberof zoarium
         * @interface ITornTail
         * @augments zoarium.TornTail.$Properties
         * @deprecated Use zoarium.TornTail.$Properties instead.
         */

        /**
         * Shape of a TornTail.
         * @typedef {zoarium.TornTail.$Properties} zoarium.TornTail.$Shape
         */

        /**
         * Constructs a new TornTail.
         * @memberof zoarium
         * @classdesc Represents a TornTail.
         * @constructor
         * @param {zoarium.TornTail.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const TornTail = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * TornTail offset.
         * @member {number} offset
         * @memberof zoarium.TornTail
         * @instance
         */
        TornTail.prototype.offset = 0;

        /**
         * TornTail bytes.
         * @member {number} bytes
         * @memberof zoarium.TornTail
         * @instance
         */
        TornTail.prototype.bytes = 0;

        /**
         * Creates a new TornTail instance using the specified properties.
         * @function create
         * @memberof zoarium.TornTail
         * @static
         * @param {zoarium.TornTail.$Properties=} [properties] Properties to set
         * @returns {zoarium.TornTail} TornTail instance
         * @type {{
         *   (properties: zoarium.TornTail.$Shape): zoarium.TornTail & zoarium.TornTail.$Shape;
         *   (properties?: zoarium.TornTail.$Properties): zoarium.TornTail;
         * }}
         */
        TornTail.create = function(properties) {
            return new TornTail(properties);
        };

        /**
         * Encodes the specified TornTail message. Does not implicitly {@link zoarium.TornTail.verify|verify} messages.
         * @function encode
         * @memberof zoarium.TornTail
         * @static
         * @param {zoarium.TornTail.$Properties} message TornTail message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        TornTail.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && !$Object.is(message.offset, 0))
                writer.uint32(/* id 1, wireType 1 =*/9).double(message.offset);
            if (message.bytes != null && $Object.hasOwnProperty.call(message, "bytes") && !$Object.is(message.bytes, 0))
                writer.uint32(/* id 2, wireType 1 =*/17).double(message.bytes);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a TornTail message from the specified reader or buffer.
         * @function decode
         * @memberof zoarium.TornTail
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {zoarium.TornTail & zoarium.TornTail.$Shape} TornTail
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        TornTail.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.zoarium.TornTail();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.offset = value;
                        else
                            delete message.offset;
                        continue;
                    }
                case 2: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.bytes = value;
                        else
                            delete message.bytes;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return TornTail;
    })();

    return zoarium;
})();

export {
  $root as default
};
