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
         * @property {zoarium.MemberConfiguration.$Properties|null} [configuration] SnapshotMetadata configuration
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
         * SnapshotMetadata configuration.
         * @member {zoarium.MemberConfiguration.$Properties|null|undefined} configuration
         * @memberof zoarium.SnapshotMetadata
         * @instance
         */
        SnapshotMetadata.prototype.configuration = null;

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
            if (message.configuration != null && $Object.hasOwnProperty.call(message, "configuration"))
                $root.zoarium.MemberConfiguration.encode(message.configuration, writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
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
                case 8: {
                        if (wireType !== 2)
                            break;
                        message.configuration = $root.zoarium.MemberConfiguration.decode(reader, reader.size(), $undefined, _depth + 1, message.configuration);
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

    zoarium.MemberConfiguration = (function() {

        /**
         * Properties of a MemberConfiguration.
         * @typedef {Object} zoarium.MemberConfiguration.$Properties
         * @property {Array.<number>|null} [voters] MemberConfiguration voters
         * @property {Array.<number>|null} [outgoing] MemberConfiguration outgoing
         * @property {Array.<number>|null} [learners] MemberConfiguration learners
         * @property {Array.<number>|null} [learnersNext] MemberConfiguration learnersNext
         * @property {Uint8Array|null} [context] MemberConfiguration context
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a MemberConfiguration.
         * @memberof zoarium
         * @interface IMemberConfiguration
         * @augments zoarium.MemberConfiguration.$Properties
         * @deprecated Use zoarium.MemberConfiguration.$Properties instead.
         */

        /**
         * Shape of a MemberConfiguration.
         * @typedef {zoarium.MemberConfiguration.$Properties} zoarium.MemberConfiguration.$Shape
         */

        /**
         * Constructs a new MemberConfiguration.
         * @memberof zoarium
         * @classdesc Represents a MemberConfiguration.
         * @constructor
         * @param {zoarium.MemberConfiguration.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const MemberConfiguration = function (properties) {
            this.voters = [];
            this.outgoing = [];
            this.learners = [];
            this.learnersNext = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * MemberConfiguration voters.
         * @member {Array.<number>} voters
         * @memberof zoarium.MemberConfiguration
         * @instance
         */
        MemberConfiguration.prototype.voters = $util.emptyArray;

        /**
         * MemberConfiguration outgoing.
         * @member {Array.<number>} outgoing
         * @memberof zoarium.MemberConfiguration
         * @instance
         */
        MemberConfiguration.prototype.outgoing = $util.emptyArray;

        /**
         * MemberConfiguration learners.
         * @member {Array.<number>} learners
         * @memberof zoarium.MemberConfiguration
         * @instance
         */
        MemberConfiguration.prototype.learners = $util.emptyArray;

        /**
         * MemberConfiguration learnersNext.
         * @member {Array.<number>} learnersNext
         * @memberof zoarium.MemberConfiguration
         * @instance
         */
        MemberConfiguration.prototype.learnersNext = $util.emptyArray;

        /**
         * MemberConfiguration context.
         * @member {Uint8Array} context
         * @memberof zoarium.MemberConfiguration
         * @instance
         */
        MemberConfiguration.prototype.context = $util.newBuffer([]);

        /**
         * Creates a new MemberConfiguration instance using the specified properties.
         * @function create
         * @memberof zoarium.MemberConfiguration
         * @static
         * @param {zoarium.MemberConfiguration.$Properties=} [properties] Properties to set
         * @returns {zoarium.MemberConfiguration} MemberConfiguration instance
         * @type {{
         *   (properties: zoarium.MemberConfiguration.$Shape): zoarium.MemberConfiguration & zoarium.MemberConfiguration.$Shape;
         *   (properties?: zoarium.MemberConfiguration.$Properties): zoarium.MemberConfiguration;
         * }}
         */
        MemberConfiguration.create = function(properties) {
            return new MemberConfiguration(properties);
        };

        /**
         * Encodes the specified MemberConfiguration message. Does not implicitly {@link zoarium.MemberConfiguration.verify|verify} messages.
         * @function encode
         * @memberof zoarium.MemberConfiguration
         * @static
         * @param {zoarium.MemberConfiguration.$Properties} message MemberConfiguration message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        MemberConfiguration.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.voters != null && message.voters.length)
                writer.uint32(/* id 1, wireType 2 =*/10).uint32s(message.voters);
            if (message.outgoing != null && message.outgoing.length)
                writer.uint32(/* id 2, wireType 2 =*/18).uint32s(message.outgoing);
            if (message.learners != null && message.learners.length)
                writer.uint32(/* id 3, wireType 2 =*/26).uint32s(message.learners);
            if (message.learnersNext != null && message.learnersNext.length)
                writer.uint32(/* id 4, wireType 2 =*/34).uint32s(message.learnersNext);
            if (message.context != null && $Object.hasOwnProperty.call(message, "context") && message.context.length)
                writer.uint32(/* id 5, wireType 2 =*/42).bytes(message.context);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a MemberConfiguration message from the specified reader or buffer.
         * @function decode
         * @memberof zoarium.MemberConfiguration
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {zoarium.MemberConfiguration & zoarium.MemberConfiguration.$Shape} MemberConfiguration
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        MemberConfiguration.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.zoarium.MemberConfiguration();
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
                        if (wireType === 2) {
                            if (!(message.voters && message.voters.length))
                                message.voters = [];
                            reader.uint32s(message.voters);
                            continue;
                        }
                        if (wireType !== 0)
                            break;
                        if (!(message.voters && message.voters.length))
                            message.voters = [];
                        message.voters.push(reader.uint32());
                        continue;
                    }
                case 2: {
                        if (wireType === 2) {
                            if (!(message.outgoing && message.outgoing.length))
                                message.outgoing = [];
                            reader.uint32s(message.outgoing);
                            continue;
                        }
                        if (wireType !== 0)
                            break;
                        if (!(message.outgoing && message.outgoing.length))
                            message.outgoing = [];
                        message.outgoing.push(reader.uint32());
                        continue;
                    }
                case 3: {
                        if (wireType === 2) {
                            if (!(message.learners && message.learners.length))
                                message.learners = [];
                            reader.uint32s(message.learners);
                            continue;
                        }
                        if (wireType !== 0)
                            break;
                        if (!(message.learners && message.learners.length))
                            message.learners = [];
                        message.learners.push(reader.uint32());
                        continue;
                    }
                case 4: {
                        if (wireType === 2) {
                            if (!(message.learnersNext && message.learnersNext.length))
                                message.learnersNext = [];
                            reader.uint32s(message.learnersNext);
                            continue;
                        }
                        if (wireType !== 0)
                            break;
                        if (!(message.learnersNext && message.learnersNext.length))
                            message.learnersNext = [];
                        message.learnersNext.push(reader.uint32());
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.context = value;
                        else
                            delete message.context;
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

        return MemberConfiguration;
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

    zoarium.RecoveryMark = (function() {

        /**
         * Properties of a RecoveryMark.
         * @typedef {Object} zoarium.RecoveryMark.$Properties
         * @property {number|null} [missingFrom] RecoveryMark missingFrom
         * @property {number|null} [refetchUntil] RecoveryMark refetchUntil
         * @property {boolean|null} [endKnown] RecoveryMark endKnown
         * @property {boolean|null} [hardStateSuspect] RecoveryMark hardStateSuspect
         * @property {boolean|null} [identityLost] RecoveryMark identityLost
         * @property {string|null} [problem] RecoveryMark problem
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a RecoveryMark.
         * @memberof zoarium
         * @interface IRecoveryMark
         * @augments zoarium.RecoveryMark.$Properties
         * @deprecated Use zoarium.RecoveryMark.$Properties instead.
         */

        /**
         * Shape of a RecoveryMark.
         * @typedef {zoarium.RecoveryMark.$Properties} zoarium.RecoveryMark.$Shape
         */

        /**
         * Constructs a new RecoveryMark.
         * @memberof zoarium
         * @classdesc Represents a RecoveryMark.
         * @constructor
         * @param {zoarium.RecoveryMark.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const RecoveryMark = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * RecoveryMark missingFrom.
         * @member {number} missingFrom
         * @memberof zoarium.RecoveryMark
         * @instance
         */
        RecoveryMark.prototype.missingFrom = 0;

        /**
         * RecoveryMark refetchUntil.
         * @member {number} refetchUntil
         * @memberof zoarium.RecoveryMark
         * @instance
         */
        RecoveryMark.prototype.refetchUntil = 0;

        /**
         * RecoveryMark endKnown.
         * @member {boolean} endKnown
         * @memberof zoarium.RecoveryMark
         * @instance
         */
        RecoveryMark.prototype.endKnown = false;

        /**
         * RecoveryMark hardStateSuspect.
         * @member {boolean} hardStateSuspect
         * @memberof zoarium.RecoveryMark
         * @instance
         */
        RecoveryMark.prototype.hardStateSuspect = false;

        /**
         * RecoveryMark identityLost.
         * @member {boolean} identityLost
         * @memberof zoarium.RecoveryMark
         * @instance
         */
        RecoveryMark.prototype.identityLost = false;

        /**
         * RecoveryMark problem.
         * @member {string} problem
         * @memberof zoarium.RecoveryMark
         * @instance
         */
        RecoveryMark.prototype.problem = "";

        /**
         * Creates a new RecoveryMark instance using the specified properties.
         * @function create
         * @memberof zoarium.RecoveryMark
         * @static
         * @param {zoarium.RecoveryMark.$Properties=} [properties] Properties to set
         * @returns {zoarium.RecoveryMark} RecoveryMark instance
         * @type {{
         *   (properties: zoarium.RecoveryMark.$Shape): zoarium.RecoveryMark & zoarium.RecoveryMark.$Shape;
         *   (properties?: zoarium.RecoveryMark.$Properties): zoarium.RecoveryMark;
         * }}
         */
        RecoveryMark.create = function(properties) {
            return new RecoveryMark(properties);
        };

        /**
         * Encodes the specified RecoveryMark message. Does not implicitly {@link zoarium.RecoveryMark.verify|verify} messages.
         * @function encode
         * @memberof zoarium.RecoveryMark
         * @static
         * @param {zoarium.RecoveryMark.$Properties} message RecoveryMark message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        RecoveryMark.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.missingFrom != null && $Object.hasOwnProperty.call(message, "missingFrom") && !$Object.is(message.missingFrom, 0))
                writer.uint32(/* id 1, wireType 1 =*/9).double(message.missingFrom);
            if (message.refetchUntil != null && $Object.hasOwnProperty.call(message, "refetchUntil") && !$Object.is(message.refetchUntil, 0))
                writer.uint32(/* id 2, wireType 1 =*/17).double(message.refetchUntil);
            if (message.endKnown != null && $Object.hasOwnProperty.call(message, "endKnown") && message.endKnown !== false)
                writer.uint32(/* id 3, wireType 0 =*/24).bool(message.endKnown);
            if (message.hardStateSuspect != null && $Object.hasOwnProperty.call(message, "hardStateSuspect") && message.hardStateSuspect !== false)
                writer.uint32(/* id 4, wireType 0 =*/32).bool(message.hardStateSuspect);
            if (message.identityLost != null && $Object.hasOwnProperty.call(message, "identityLost") && message.identityLost !== false)
                writer.uint32(/* id 5, wireType 0 =*/40).bool(message.identityLost);
            if (message.problem != null && $Object.hasOwnProperty.call(message, "problem") && message.problem !== "")
                writer.uint32(/* id 6, wireType 2 =*/50).string(message.problem);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a RecoveryMark message from the specified reader or buffer.
         * @function decode
         * @memberof zoarium.RecoveryMark
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {zoarium.RecoveryMark & zoarium.RecoveryMark.$Shape} RecoveryMark
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        RecoveryMark.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.zoarium.RecoveryMark();
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
                            message.missingFrom = value;
                        else
                            delete message.missingFrom;
                        continue;
                    }
                case 2: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.refetchUntil = value;
                        else
                            delete message.refetchUntil;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.endKnown = value;
                        else
                            delete message.endKnown;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.hardStateSuspect = value;
                        else
                            delete message.hardStateSuspect;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.identityLost = value;
                        else
                            delete message.identityLost;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.problem = value;
                        else
                            delete message.problem;
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

        return RecoveryMark;
    })();

    zoarium.LogRewrite = (function() {

        /**
         * Properties of a LogRewrite.
         * @typedef {Object} zoarium.LogRewrite.$Properties
         * @property {number|null} [firstSegment] LogRewrite firstSegment
         * @property {boolean|null} [complete] LogRewrite complete
         * @property {string|null} [suffix] LogRewrite suffix
         * @property {Array.<number>|null} [damagedSnapshots] LogRewrite damagedSnapshots
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a LogRewrite.
         * @memberof zoarium
         * @interface ILogRewrite
         * @augments zoarium.LogRewrite.$Properties
         * @deprecated Use zoarium.LogRewrite.$Properties instead.
         */

        /**
         * Shape of a LogRewrite.
         * @typedef {zoarium.LogRewrite.$Properties} zoarium.LogRewrite.$Shape
         */

        /**
         * Constructs a new LogRewrite.
         * @memberof zoarium
         * @classdesc Represents a LogRewrite.
         * @constructor
         * @param {zoarium.LogRewrite.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const LogRewrite = function (properties) {
            this.damagedSnapshots = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * LogRewrite firstSegment.
         * @member {number} firstSegment
         * @memberof zoarium.LogRewrite
         * @instance
         */
        LogRewrite.prototype.firstSegment = 0;

        /**
         * LogRewrite complete.
         * @member {boolean} complete
         * @memberof zoarium.LogRewrite
         * @instance
         */
        LogRewrite.prototype.complete = false;

        /**
         * LogRewrite suffix.
         * @member {string} suffix
         * @memberof zoarium.LogRewrite
         * @instance
         */
        LogRewrite.prototype.suffix = "";

        /**
         * LogRewrite damagedSnapshots.
         * @member {Array.<number>} damagedSnapshots
         * @memberof zoarium.LogRewrite
         * @instance
         */
        LogRewrite.prototype.damagedSnapshots = $util.emptyArray;

        /**
         * Creates a new LogRewrite instance using the specified properties.
         * @function create
         * @memberof zoarium.LogRewrite
         * @static
         * @param {zoarium.LogRewrite.$Properties=} [properties] Properties to set
         * @returns {zoarium.LogRewrite} LogRewrite instance
         * @type {{
         *   (properties: zoarium.LogRewrite.$Shape): zoarium.LogRewrite & zoarium.LogRewrite.$Shape;
         *   (properties?: zoarium.LogRewrite.$Properties): zoarium.LogRewrite;
         * }}
         */
        LogRewrite.create = function(properties) {
            return new LogRewrite(properties);
        };

        /**
         * Encodes the specified LogRewrite message. Does not implicitly {@link zoarium.LogRewrite.verify|verify} messages.
         * @function encode
         * @memberof zoarium.LogRewrite
         * @static
         * @param {zoarium.LogRewrite.$Properties} message LogRewrite message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        LogRewrite.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.firstSegment != null && $Object.hasOwnProperty.call(message, "firstSegment") && !$Object.is(message.firstSegment, 0))
                writer.uint32(/* id 1, wireType 1 =*/9).double(message.firstSegment);
            if (message.complete != null && $Object.hasOwnProperty.call(message, "complete") && message.complete !== false)
                writer.uint32(/* id 2, wireType 0 =*/16).bool(message.complete);
            if (message.suffix != null && $Object.hasOwnProperty.call(message, "suffix") && message.suffix !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.suffix);
            if (message.damagedSnapshots != null && message.damagedSnapshots.length)
                writer.uint32(/* id 4, wireType 2 =*/34).doubles(message.damagedSnapshots);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a LogRewrite message from the specified reader or buffer.
         * @function decode
         * @memberof zoarium.LogRewrite
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {zoarium.LogRewrite & zoarium.LogRewrite.$Shape} LogRewrite
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        LogRewrite.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.zoarium.LogRewrite();
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
                            message.firstSegment = value;
                        else
                            delete message.firstSegment;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.complete = value;
                        else
                            delete message.complete;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.suffix = value;
                        else
                            delete message.suffix;
                        continue;
                    }
                case 4: {
                        if (wireType === 2) {
                            if (!(message.damagedSnapshots && message.damagedSnapshots.length))
                                message.damagedSnapshots = [];
                            reader.doubles(message.damagedSnapshots);
                            continue;
                        }
                        if (wireType !== 1)
                            break;
                        if (!(message.damagedSnapshots && message.damagedSnapshots.length))
                            message.damagedSnapshots = [];
                        message.damagedSnapshots.push(reader.double());
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

        return LogRewrite;
    })();

    return zoarium;
})();

export {
  $root as default
};
