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

    zoarium.ServerIdentity = (function() {

        /**
         * Properties of a ServerIdentity.
         * @typedef {Object} zoarium.ServerIdentity.$Properties
         * @property {number|null} [serverId] ServerIdentity serverId
         * @property {Uint8Array|null} [incarnation] ServerIdentity incarnation
         * @property {Array.<zoarium.Founder.$Properties>|null} [founders] ServerIdentity founders
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a ServerIdentity.
         * @memberof zoarium
         * @interface IServerIdentity
         * @augments zoarium.ServerIdentity.$Properties
         * @deprecated Use zoarium.ServerIdentity.$Properties instead.
         */

        /**
         * Shape of a ServerIdentity.
         * @typedef {zoarium.ServerIdentity.$Properties} zoarium.ServerIdentity.$Shape
         */

        /**
         * Constructs a new ServerIdentity.
         * @memberof zoarium
         * @classdesc Represents a ServerIdentity.
         * @constructor
         * @param {zoarium.ServerIdentity.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const ServerIdentity = function (properties) {
            this.founders = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ServerIdentity serverId.
         * @member {number} serverId
         * @memberof zoarium.ServerIdentity
         * @instance
         */
        ServerIdentity.prototype.serverId = 0;

        /**
         * ServerIdentity incarnation.
         * @member {Uint8Array} incarnation
         * @memberof zoarium.ServerIdentity
         * @instance
         */
        ServerIdentity.prototype.incarnation = $util.newBuffer([]);

        /**
         * ServerIdentity founders.
         * @member {Array.<zoarium.Founder.$Properties>} founders
         * @memberof zoarium.ServerIdentity
         * @instance
         */
        ServerIdentity.prototype.founders = $util.emptyArray;

        /**
         * Creates a new ServerIdentity instance using the specified properties.
         * @function create
         * @memberof zoarium.ServerIdentity
         * @static
         * @param {zoarium.ServerIdentity.$Properties=} [properties] Properties to set
         * @returns {zoarium.ServerIdentity} ServerIdentity instance
         * @type {{
         *   (properties: zoarium.ServerIdentity.$Shape): zoarium.ServerIdentity & zoarium.ServerIdentity.$Shape;
         *   (properties?: zoarium.ServerIdentity.$Properties): zoarium.ServerIdentity;
         * }}
         */
        ServerIdentity.create = function(properties) {
            return new ServerIdentity(properties);
        };

        /**
         * Encodes the specified ServerIdentity message. Does not implicitly {@link zoarium.ServerIdentity.verify|verify} messages.
         * @function encode
         * @memberof zoarium.ServerIdentity
         * @static
         * @param {zoarium.ServerIdentity.$Properties} message ServerIdentity message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ServerIdentity.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.serverId != null && $Object.hasOwnProperty.call(message, "serverId") && message.serverId !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.serverId);
            if (message.incarnation != null && $Object.hasOwnProperty.call(message, "incarnation") && message.incarnation.length)
                writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.incarnation);
            if (message.founders != null && message.founders.length)
                for (let i = 0; i < message.founders.length; ++i)
                    $root.zoarium.Founder.encode(message.founders[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a ServerIdentity message from the specified reader or buffer.
         * @function decode
         * @memberof zoarium.ServerIdentity
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {zoarium.ServerIdentity & zoarium.ServerIdentity.$Shape} ServerIdentity
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ServerIdentity.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.zoarium.ServerIdentity();
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
                            message.serverId = value;
                        else
                            delete message.serverId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.incarnation = value;
                        else
                            delete message.incarnation;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.founders && message.founders.length))
                            message.founders = [];
                        message.founders.push($root.zoarium.Founder.decode(reader, reader.size(), $undefined, _depth + 1));
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

        return ServerIdentity;
    })();

    zoarium.Founder = (function() {

        /**
         * Properties of a Founder.
         * @typedef {Object} zoarium.Founder.$Properties
         * @property {number|null} [serverId] Founder serverId
         * @property {Uint8Array|null} [incarnation] Founder incarnation
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Founder.
         * @memberof zoarium
         * @interface IFounder
         * @augments zoarium.Founder.$Properties
         * @deprecated Use zoarium.Founder.$Properties instead.
         */

        /**
         * Shape of a Founder.
         * @typedef {zoarium.Founder.$Properties} zoarium.Founder.$Shape
         */

        /**
         * Constructs a new Founder.
         * @memberof zoarium
         * @classdesc Represents a Founder.
         * @constructor
         * @param {zoarium.Founder.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Founder = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Founder serverId.
         * @member {number} serverId
         * @memberof zoarium.Founder
         * @instance
         */
        Founder.prototype.serverId = 0;

        /**
         * Founder incarnation.
         * @member {Uint8Array} incarnation
         * @memberof zoarium.Founder
         * @instance
         */
        Founder.prototype.incarnation = $util.newBuffer([]);

        /**
         * Creates a new Founder instance using the specified properties.
         * @function create
         * @memberof zoarium.Founder
         * @static
         * @param {zoarium.Founder.$Properties=} [properties] Properties to set
         * @returns {zoarium.Founder} Founder instance
         * @type {{
         *   (properties: zoarium.Founder.$Shape): zoarium.Founder & zoarium.Founder.$Shape;
         *   (properties?: zoarium.Founder.$Properties): zoarium.Founder;
         * }}
         */
        Founder.create = function(properties) {
            return new Founder(properties);
        };

        /**
         * Encodes the specified Founder message. Does not implicitly {@link zoarium.Founder.verify|verify} messages.
         * @function encode
         * @memberof zoarium.Founder
         * @static
         * @param {zoarium.Founder.$Properties} message Founder message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Founder.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.serverId != null && $Object.hasOwnProperty.call(message, "serverId") && message.serverId !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.serverId);
            if (message.incarnation != null && $Object.hasOwnProperty.call(message, "incarnation") && message.incarnation.length)
                writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.incarnation);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Founder message from the specified reader or buffer.
         * @function decode
         * @memberof zoarium.Founder
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {zoarium.Founder & zoarium.Founder.$Shape} Founder
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Founder.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.zoarium.Founder();
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
                            message.serverId = value;
                        else
                            delete message.serverId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.incarnation = value;
                        else
                            delete message.incarnation;
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

        return Founder;
    })();

    zoarium.peer = (function() {

        /**
         * Namespace peer.
         * @memberof zoarium
         * @namespace
         */
        const peer = {};

        peer.Ballot = (function() {

            /**
             * Properties of a Ballot.
             * @typedef {Object} zoarium.peer.Ballot.$Properties
             * @property {number|null} [term] Ballot term
             * @property {number|null} [lastIndex] Ballot lastIndex
             * @property {number|null} [lastTerm] Ballot lastTerm
             * @property {boolean|null} [transfer] Ballot transfer
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Ballot.
             * @memberof zoarium.peer
             * @interface IBallot
             * @augments zoarium.peer.Ballot.$Properties
             * @deprecated Use zoarium.peer.Ballot.$Properties instead.
             */

            /**
             * Shape of a Ballot.
             * @typedef {zoarium.peer.Ballot.$Properties} zoarium.peer.Ballot.$Shape
             */

            /**
             * Constructs a new Ballot.
             * @memberof zoarium.peer
             * @classdesc Represents a Ballot.
             * @constructor
             * @param {zoarium.peer.Ballot.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Ballot = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Ballot term.
             * @member {number} term
             * @memberof zoarium.peer.Ballot
             * @instance
             */
            Ballot.prototype.term = 0;

            /**
             * Ballot lastIndex.
             * @member {number} lastIndex
             * @memberof zoarium.peer.Ballot
             * @instance
             */
            Ballot.prototype.lastIndex = 0;

            /**
             * Ballot lastTerm.
             * @member {number} lastTerm
             * @memberof zoarium.peer.Ballot
             * @instance
             */
            Ballot.prototype.lastTerm = 0;

            /**
             * Ballot transfer.
             * @member {boolean} transfer
             * @memberof zoarium.peer.Ballot
             * @instance
             */
            Ballot.prototype.transfer = false;

            /**
             * Creates a new Ballot instance using the specified properties.
             * @function create
             * @memberof zoarium.peer.Ballot
             * @static
             * @param {zoarium.peer.Ballot.$Properties=} [properties] Properties to set
             * @returns {zoarium.peer.Ballot} Ballot instance
             * @type {{
             *   (properties: zoarium.peer.Ballot.$Shape): zoarium.peer.Ballot & zoarium.peer.Ballot.$Shape;
             *   (properties?: zoarium.peer.Ballot.$Properties): zoarium.peer.Ballot;
             * }}
             */
            Ballot.create = function(properties) {
                return new Ballot(properties);
            };

            /**
             * Encodes the specified Ballot message. Does not implicitly {@link zoarium.peer.Ballot.verify|verify} messages.
             * @function encode
             * @memberof zoarium.peer.Ballot
             * @static
             * @param {zoarium.peer.Ballot.$Properties} message Ballot message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Ballot.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.term != null && $Object.hasOwnProperty.call(message, "term") && !$Object.is(message.term, 0))
                    writer.uint32(/* id 1, wireType 1 =*/9).double(message.term);
                if (message.lastIndex != null && $Object.hasOwnProperty.call(message, "lastIndex") && !$Object.is(message.lastIndex, 0))
                    writer.uint32(/* id 2, wireType 1 =*/17).double(message.lastIndex);
                if (message.lastTerm != null && $Object.hasOwnProperty.call(message, "lastTerm") && !$Object.is(message.lastTerm, 0))
                    writer.uint32(/* id 3, wireType 1 =*/25).double(message.lastTerm);
                if (message.transfer != null && $Object.hasOwnProperty.call(message, "transfer") && message.transfer !== false)
                    writer.uint32(/* id 4, wireType 0 =*/32).bool(message.transfer);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Ballot message from the specified reader or buffer.
             * @function decode
             * @memberof zoarium.peer.Ballot
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {zoarium.peer.Ballot & zoarium.peer.Ballot.$Shape} Ballot
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Ballot.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.zoarium.peer.Ballot();
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
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.lastIndex = value;
                            else
                                delete message.lastIndex;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.lastTerm = value;
                            else
                                delete message.lastTerm;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.transfer = value;
                            else
                                delete message.transfer;
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

            return Ballot;
        })();

        peer.BallotResponse = (function() {

            /**
             * Properties of a BallotResponse.
             * @typedef {Object} zoarium.peer.BallotResponse.$Properties
             * @property {number|null} [term] BallotResponse term
             * @property {boolean|null} [granted] BallotResponse granted
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a BallotResponse.
             * @memberof zoarium.peer
             * @interface IBallotResponse
             * @augments zoarium.peer.BallotResponse.$Properties
             * @deprecated Use zoarium.peer.BallotResponse.$Properties instead.
             */

            /**
             * Shape of a BallotResponse.
             * @typedef {zoarium.peer.BallotResponse.$Properties} zoarium.peer.BallotResponse.$Shape
             */

            /**
             * Constructs a new BallotResponse.
             * @memberof zoarium.peer
             * @classdesc Represents a BallotResponse.
             * @constructor
             * @param {zoarium.peer.BallotResponse.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const BallotResponse = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * BallotResponse term.
             * @member {number} term
             * @memberof zoarium.peer.BallotResponse
             * @instance
             */
            BallotResponse.prototype.term = 0;

            /**
             * BallotResponse granted.
             * @member {boolean} granted
             * @memberof zoarium.peer.BallotResponse
             * @instance
             */
            BallotResponse.prototype.granted = false;

            /**
             * Creates a new BallotResponse instance using the specified properties.
             * @function create
             * @memberof zoarium.peer.BallotResponse
             * @static
             * @param {zoarium.peer.BallotResponse.$Properties=} [properties] Properties to set
             * @returns {zoarium.peer.BallotResponse} BallotResponse instance
             * @type {{
             *   (properties: zoarium.peer.BallotResponse.$Shape): zoarium.peer.BallotResponse & zoarium.peer.BallotResponse.$Shape;
             *   (properties?: zoarium.peer.BallotResponse.$Properties): zoarium.peer.BallotResponse;
             * }}
             */
            BallotResponse.create = function(properties) {
                return new BallotResponse(properties);
            };

            /**
             * Encodes the specified BallotResponse message. Does not implicitly {@link zoarium.peer.BallotResponse.verify|verify} messages.
             * @function encode
             * @memberof zoarium.peer.BallotResponse
             * @static
             * @param {zoarium.peer.BallotResponse.$Properties} message BallotResponse message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            BallotResponse.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.term != null && $Object.hasOwnProperty.call(message, "term") && !$Object.is(message.term, 0))
                    writer.uint32(/* id 1, wireType 1 =*/9).double(message.term);
                if (message.granted != null && $Object.hasOwnProperty.call(message, "granted") && message.granted !== false)
                    writer.uint32(/* id 2, wireType 0 =*/16).bool(message.granted);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a BallotResponse message from the specified reader or buffer.
             * @function decode
             * @memberof zoarium.peer.BallotResponse
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {zoarium.peer.BallotResponse & zoarium.peer.BallotResponse.$Shape} BallotResponse
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            BallotResponse.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.zoarium.peer.BallotResponse();
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
                            if (value = reader.bool())
                                message.granted = value;
                            else
                                delete message.granted;
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

            return BallotResponse;
        })();

        peer.Append = (function() {

            /**
             * Properties of an Append.
             * @typedef {Object} zoarium.peer.Append.$Properties
             * @property {number|null} [term] Append term
             * @property {number|null} [prevIndex] Append prevIndex
             * @property {number|null} [prevTerm] Append prevTerm
             * @property {number|null} [commit] Append commit
             * @property {Array.<number>|null} [sizes] Append sizes
             * @property {Array.<number>|null} [runTerms] Append runTerms
             * @property {Array.<number>|null} [runCounts] Append runCounts
             * @property {boolean|null} [silent] Append silent
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an Append.
             * @memberof zoarium.peer
             * @interface IAppend
             * @augments zoarium.peer.Append.$Properties
             * @deprecated Use zoarium.peer.Append.$Properties instead.
             */

            /**
             * Shape of an Append.
             * @typedef {zoarium.peer.Append.$Properties} zoarium.peer.Append.$Shape
             */

            /**
             * Constructs a new Append.
             * @memberof zoarium.peer
             * @classdesc Represents an Append.
             * @constructor
             * @param {zoarium.peer.Append.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Append = function (properties) {
                this.sizes = [];
                this.runTerms = [];
                this.runCounts = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Append term.
             * @member {number} term
             * @memberof zoarium.peer.Append
             * @instance
             */
            Append.prototype.term = 0;

            /**
             * Append prevIndex.
             * @member {number} prevIndex
             * @memberof zoarium.peer.Append
             * @instance
             */
            Append.prototype.prevIndex = 0;

            /**
             * Append prevTerm.
             * @member {number} prevTerm
             * @memberof zoarium.peer.Append
             * @instance
             */
            Append.prototype.prevTerm = 0;

            /**
             * Append commit.
             * @member {number} commit
             * @memberof zoarium.peer.Append
             * @instance
             */
            Append.prototype.commit = 0;

            /**
             * Append sizes.
             * @member {Array.<number>} sizes
             * @memberof zoarium.peer.Append
             * @instance
             */
            Append.prototype.sizes = $util.emptyArray;

            /**
             * Append runTerms.
             * @member {Array.<number>} runTerms
             * @memberof zoarium.peer.Append
             * @instance
             */
            Append.prototype.runTerms = $util.emptyArray;

            /**
             * Append runCounts.
             * @member {Array.<number>} runCounts
             * @memberof zoarium.peer.Append
             * @instance
             */
            Append.prototype.runCounts = $util.emptyArray;

            /**
             * Append silent.
             * @member {boolean} silent
             * @memberof zoarium.peer.Append
             * @instance
             */
            Append.prototype.silent = false;

            /**
             * Creates a new Append instance using the specified properties.
             * @function create
             * @memberof zoarium.peer.Append
             * @static
             * @param {zoarium.peer.Append.$Properties=} [properties] Properties to set
             * @returns {zoarium.peer.Append} Append instance
             * @type {{
             *   (properties: zoarium.peer.Append.$Shape): zoarium.peer.Append & zoarium.peer.Append.$Shape;
             *   (properties?: zoarium.peer.Append.$Properties): zoarium.peer.Append;
             * }}
             */
            Append.create = function(properties) {
                return new Append(properties);
            };

            /**
             * Encodes the specified Append message. Does not implicitly {@link zoarium.peer.Append.verify|verify} messages.
             * @function encode
             * @memberof zoarium.peer.Append
             * @static
             * @param {zoarium.peer.Append.$Properties} message Append message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Append.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.term != null && $Object.hasOwnProperty.call(message, "term") && !$Object.is(message.term, 0))
                    writer.uint32(/* id 1, wireType 1 =*/9).double(message.term);
                if (message.prevIndex != null && $Object.hasOwnProperty.call(message, "prevIndex") && !$Object.is(message.prevIndex, 0))
                    writer.uint32(/* id 2, wireType 1 =*/17).double(message.prevIndex);
                if (message.prevTerm != null && $Object.hasOwnProperty.call(message, "prevTerm") && !$Object.is(message.prevTerm, 0))
                    writer.uint32(/* id 3, wireType 1 =*/25).double(message.prevTerm);
                if (message.commit != null && $Object.hasOwnProperty.call(message, "commit") && !$Object.is(message.commit, 0))
                    writer.uint32(/* id 4, wireType 1 =*/33).double(message.commit);
                if (message.sizes != null && message.sizes.length)
                    writer.uint32(/* id 5, wireType 2 =*/42).uint32s(message.sizes);
                if (message.runTerms != null && message.runTerms.length)
                    writer.uint32(/* id 6, wireType 2 =*/50).doubles(message.runTerms);
                if (message.runCounts != null && message.runCounts.length)
                    writer.uint32(/* id 7, wireType 2 =*/58).uint32s(message.runCounts);
                if (message.silent != null && $Object.hasOwnProperty.call(message, "silent") && message.silent !== false)
                    writer.uint32(/* id 8, wireType 0 =*/64).bool(message.silent);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an Append message from the specified reader or buffer.
             * @function decode
             * @memberof zoarium.peer.Append
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {zoarium.peer.Append & zoarium.peer.Append.$Shape} Append
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Append.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.zoarium.peer.Append();
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
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.prevIndex = value;
                            else
                                delete message.prevIndex;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.prevTerm = value;
                            else
                                delete message.prevTerm;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.commit = value;
                            else
                                delete message.commit;
                            continue;
                        }
                    case 5: {
                            if (wireType === 2) {
                                if (!(message.sizes && message.sizes.length))
                                    message.sizes = [];
                                reader.uint32s(message.sizes);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.sizes && message.sizes.length))
                                message.sizes = [];
                            message.sizes.push(reader.uint32());
                            continue;
                        }
                    case 6: {
                            if (wireType === 2) {
                                if (!(message.runTerms && message.runTerms.length))
                                    message.runTerms = [];
                                reader.doubles(message.runTerms);
                                continue;
                            }
                            if (wireType !== 1)
                                break;
                            if (!(message.runTerms && message.runTerms.length))
                                message.runTerms = [];
                            message.runTerms.push(reader.double());
                            continue;
                        }
                    case 7: {
                            if (wireType === 2) {
                                if (!(message.runCounts && message.runCounts.length))
                                    message.runCounts = [];
                                reader.uint32s(message.runCounts);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.runCounts && message.runCounts.length))
                                message.runCounts = [];
                            message.runCounts.push(reader.uint32());
                            continue;
                        }
                    case 8: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.silent = value;
                            else
                                delete message.silent;
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

            return Append;
        })();

        peer.AppendResponse = (function() {

            /**
             * Properties of an AppendResponse.
             * @typedef {Object} zoarium.peer.AppendResponse.$Properties
             * @property {number|null} [term] AppendResponse term
             * @property {boolean|null} [accepted] AppendResponse accepted
             * @property {number|null} [index] AppendResponse index
             * @property {number|null} [hintIndex] AppendResponse hintIndex
             * @property {number|null} [hintTerm] AppendResponse hintTerm
             * @property {boolean|null} [recovering] AppendResponse recovering
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an AppendResponse.
             * @memberof zoarium.peer
             * @interface IAppendResponse
             * @augments zoarium.peer.AppendResponse.$Properties
             * @deprecated Use zoarium.peer.AppendResponse.$Properties instead.
             */

            /**
             * Shape of an AppendResponse.
             * @typedef {zoarium.peer.AppendResponse.$Properties} zoarium.peer.AppendResponse.$Shape
             */

            /**
             * Constructs a new AppendResponse.
             * @memberof zoarium.peer
             * @classdesc Represents an AppendResponse.
             * @constructor
             * @param {zoarium.peer.AppendResponse.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const AppendResponse = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * AppendResponse term.
             * @member {number} term
             * @memberof zoarium.peer.AppendResponse
             * @instance
             */
            AppendResponse.prototype.term = 0;

            /**
             * AppendResponse accepted.
             * @member {boolean} accepted
             * @memberof zoarium.peer.AppendResponse
             * @instance
             */
            AppendResponse.prototype.accepted = false;

            /**
             * AppendResponse index.
             * @member {number} index
             * @memberof zoarium.peer.AppendResponse
             * @instance
             */
            AppendResponse.prototype.index = 0;

            /**
             * AppendResponse hintIndex.
             * @member {number} hintIndex
             * @memberof zoarium.peer.AppendResponse
             * @instance
             */
            AppendResponse.prototype.hintIndex = 0;

            /**
             * AppendResponse hintTerm.
             * @member {number} hintTerm
             * @memberof zoarium.peer.AppendResponse
             * @instance
             */
            AppendResponse.prototype.hintTerm = 0;

            /**
             * AppendResponse recovering.
             * @member {boolean} recovering
             * @memberof zoarium.peer.AppendResponse
             * @instance
             */
            AppendResponse.prototype.recovering = false;

            /**
             * Creates a new AppendResponse instance using the specified properties.
             * @function create
             * @memberof zoarium.peer.AppendResponse
             * @static
             * @param {zoarium.peer.AppendResponse.$Properties=} [properties] Properties to set
             * @returns {zoarium.peer.AppendResponse} AppendResponse instance
             * @type {{
             *   (properties: zoarium.peer.AppendResponse.$Shape): zoarium.peer.AppendResponse & zoarium.peer.AppendResponse.$Shape;
             *   (properties?: zoarium.peer.AppendResponse.$Properties): zoarium.peer.AppendResponse;
             * }}
             */
            AppendResponse.create = function(properties) {
                return new AppendResponse(properties);
            };

            /**
             * Encodes the specified AppendResponse message. Does not implicitly {@link zoarium.peer.AppendResponse.verify|verify} messages.
             * @function encode
             * @memberof zoarium.peer.AppendResponse
             * @static
             * @param {zoarium.peer.AppendResponse.$Properties} message AppendResponse message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            AppendResponse.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.term != null && $Object.hasOwnProperty.call(message, "term") && !$Object.is(message.term, 0))
                    writer.uint32(/* id 1, wireType 1 =*/9).double(message.term);
                if (message.accepted != null && $Object.hasOwnProperty.call(message, "accepted") && message.accepted !== false)
                    writer.uint32(/* id 2, wireType 0 =*/16).bool(message.accepted);
                if (message.index != null && $Object.hasOwnProperty.call(message, "index") && !$Object.is(message.index, 0))
                    writer.uint32(/* id 3, wireType 1 =*/25).double(message.index);
                if (message.hintIndex != null && $Object.hasOwnProperty.call(message, "hintIndex") && !$Object.is(message.hintIndex, 0))
                    writer.uint32(/* id 4, wireType 1 =*/33).double(message.hintIndex);
                if (message.hintTerm != null && $Object.hasOwnProperty.call(message, "hintTerm") && !$Object.is(message.hintTerm, 0))
                    writer.uint32(/* id 5, wireType 1 =*/41).double(message.hintTerm);
                if (message.recovering != null && $Object.hasOwnProperty.call(message, "recovering") && message.recovering !== false)
                    writer.uint32(/* id 6, wireType 0 =*/48).bool(message.recovering);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an AppendResponse message from the specified reader or buffer.
             * @function decode
             * @memberof zoarium.peer.AppendResponse
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {zoarium.peer.AppendResponse & zoarium.peer.AppendResponse.$Shape} AppendResponse
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            AppendResponse.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.zoarium.peer.AppendResponse();
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
                            if (value = reader.bool())
                                message.accepted = value;
                            else
                                delete message.accepted;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.index = value;
                            else
                                delete message.index;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.hintIndex = value;
                            else
                                delete message.hintIndex;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.hintTerm = value;
                            else
                                delete message.hintTerm;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.recovering = value;
                            else
                                delete message.recovering;
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

            return AppendResponse;
        })();

        peer.Heartbeat = (function() {

            /**
             * Properties of a Heartbeat.
             * @typedef {Object} zoarium.peer.Heartbeat.$Properties
             * @property {number|null} [term] Heartbeat term
             * @property {number|null} [commit] Heartbeat commit
             * @property {number|null} [round] Heartbeat round
             * @property {number|null} [echo] Heartbeat echo
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Heartbeat.
             * @memberof zoarium.peer
             * @interface IHeartbeat
             * @augments zoarium.peer.Heartbeat.$Properties
             * @deprecated Use zoarium.peer.Heartbeat.$Properties instead.
             */

            /**
             * Shape of a Heartbeat.
             * @typedef {zoarium.peer.Heartbeat.$Properties} zoarium.peer.Heartbeat.$Shape
             */

            /**
             * Constructs a new Heartbeat.
             * @memberof zoarium.peer
             * @classdesc Represents a Heartbeat.
             * @constructor
             * @param {zoarium.peer.Heartbeat.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Heartbeat = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Heartbeat term.
             * @member {number} term
             * @memberof zoarium.peer.Heartbeat
             * @instance
             */
            Heartbeat.prototype.term = 0;

            /**
             * Heartbeat commit.
             * @member {number} commit
             * @memberof zoarium.peer.Heartbeat
             * @instance
             */
            Heartbeat.prototype.commit = 0;

            /**
             * Heartbeat round.
             * @member {number} round
             * @memberof zoarium.peer.Heartbeat
             * @instance
             */
            Heartbeat.prototype.round = 0;

            /**
             * Heartbeat echo.
             * @member {number} echo
             * @memberof zoarium.peer.Heartbeat
             * @instance
             */
            Heartbeat.prototype.echo = 0;

            /**
             * Creates a new Heartbeat instance using the specified properties.
             * @function create
             * @memberof zoarium.peer.Heartbeat
             * @static
             * @param {zoarium.peer.Heartbeat.$Properties=} [properties] Properties to set
             * @returns {zoarium.peer.Heartbeat} Heartbeat instance
             * @type {{
             *   (properties: zoarium.peer.Heartbeat.$Shape): zoarium.peer.Heartbeat & zoarium.peer.Heartbeat.$Shape;
             *   (properties?: zoarium.peer.Heartbeat.$Properties): zoarium.peer.Heartbeat;
             * }}
             */
            Heartbeat.create = function(properties) {
                return new Heartbeat(properties);
            };

            /**
             * Encodes the specified Heartbeat message. Does not implicitly {@link zoarium.peer.Heartbeat.verify|verify} messages.
             * @function encode
             * @memberof zoarium.peer.Heartbeat
             * @static
             * @param {zoarium.peer.Heartbeat.$Properties} message Heartbeat message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Heartbeat.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.term != null && $Object.hasOwnProperty.call(message, "term") && !$Object.is(message.term, 0))
                    writer.uint32(/* id 1, wireType 1 =*/9).double(message.term);
                if (message.commit != null && $Object.hasOwnProperty.call(message, "commit") && !$Object.is(message.commit, 0))
                    writer.uint32(/* id 2, wireType 1 =*/17).double(message.commit);
                if (message.round != null && $Object.hasOwnProperty.call(message, "round") && !$Object.is(message.round, 0))
                    writer.uint32(/* id 3, wireType 1 =*/25).double(message.round);
                if (message.echo != null && $Object.hasOwnProperty.call(message, "echo") && !$Object.is(message.echo, 0))
                    writer.uint32(/* id 4, wireType 1 =*/33).double(message.echo);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Heartbeat message from the specified reader or buffer.
             * @function decode
             * @memberof zoarium.peer.Heartbeat
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {zoarium.peer.Heartbeat & zoarium.peer.Heartbeat.$Shape} Heartbeat
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Heartbeat.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.zoarium.peer.Heartbeat();
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
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.commit = value;
                            else
                                delete message.commit;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.round = value;
                            else
                                delete message.round;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.echo = value;
                            else
                                delete message.echo;
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

            return Heartbeat;
        })();

        peer.HeartbeatResponse = (function() {

            /**
             * Properties of a HeartbeatResponse.
             * @typedef {Object} zoarium.peer.HeartbeatResponse.$Properties
             * @property {number|null} [term] HeartbeatResponse term
             * @property {number|null} [round] HeartbeatResponse round
             * @property {number|null} [counter] HeartbeatResponse counter
             * @property {boolean|null} [recovering] HeartbeatResponse recovering
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a HeartbeatResponse.
             * @memberof zoarium.peer
             * @interface IHeartbeatResponse
             * @augments zoarium.peer.HeartbeatResponse.$Properties
             * @deprecated Use zoarium.peer.HeartbeatResponse.$Properties instead.
             */

            /**
             * Shape of a HeartbeatResponse.
             * @typedef {zoarium.peer.HeartbeatResponse.$Properties} zoarium.peer.HeartbeatResponse.$Shape
             */

            /**
             * Constructs a new HeartbeatResponse.
             * @memberof zoarium.peer
             * @classdesc Represents a HeartbeatResponse.
             * @constructor
             * @param {zoarium.peer.HeartbeatResponse.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const HeartbeatResponse = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * HeartbeatResponse term.
             * @member {number} term
             * @memberof zoarium.peer.HeartbeatResponse
             * @instance
             */
            HeartbeatResponse.prototype.term = 0;

            /**
             * HeartbeatResponse round.
             * @member {number} round
             * @memberof zoarium.peer.HeartbeatResponse
             * @instance
             */
            HeartbeatResponse.prototype.round = 0;

            /**
             * HeartbeatResponse counter.
             * @member {number} counter
             * @memberof zoarium.peer.HeartbeatResponse
             * @instance
             */
            HeartbeatResponse.prototype.counter = 0;

            /**
             * HeartbeatResponse recovering.
             * @member {boolean} recovering
             * @memberof zoarium.peer.HeartbeatResponse
             * @instance
             */
            HeartbeatResponse.prototype.recovering = false;

            /**
             * Creates a new HeartbeatResponse instance using the specified properties.
             * @function create
             * @memberof zoarium.peer.HeartbeatResponse
             * @static
             * @param {zoarium.peer.HeartbeatResponse.$Properties=} [properties] Properties to set
             * @returns {zoarium.peer.HeartbeatResponse} HeartbeatResponse instance
             * @type {{
             *   (properties: zoarium.peer.HeartbeatResponse.$Shape): zoarium.peer.HeartbeatResponse & zoarium.peer.HeartbeatResponse.$Shape;
             *   (properties?: zoarium.peer.HeartbeatResponse.$Properties): zoarium.peer.HeartbeatResponse;
             * }}
             */
            HeartbeatResponse.create = function(properties) {
                return new HeartbeatResponse(properties);
            };

            /**
             * Encodes the specified HeartbeatResponse message. Does not implicitly {@link zoarium.peer.HeartbeatResponse.verify|verify} messages.
             * @function encode
             * @memberof zoarium.peer.HeartbeatResponse
             * @static
             * @param {zoarium.peer.HeartbeatResponse.$Properties} message HeartbeatResponse message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            HeartbeatResponse.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.term != null && $Object.hasOwnProperty.call(message, "term") && !$Object.is(message.term, 0))
                    writer.uint32(/* id 1, wireType 1 =*/9).double(message.term);
                if (message.round != null && $Object.hasOwnProperty.call(message, "round") && !$Object.is(message.round, 0))
                    writer.uint32(/* id 2, wireType 1 =*/17).double(message.round);
                if (message.counter != null && $Object.hasOwnProperty.call(message, "counter") && !$Object.is(message.counter, 0))
                    writer.uint32(/* id 3, wireType 1 =*/25).double(message.counter);
                if (message.recovering != null && $Object.hasOwnProperty.call(message, "recovering") && message.recovering !== false)
                    writer.uint32(/* id 4, wireType 0 =*/32).bool(message.recovering);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a HeartbeatResponse message from the specified reader or buffer.
             * @function decode
             * @memberof zoarium.peer.HeartbeatResponse
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {zoarium.peer.HeartbeatResponse & zoarium.peer.HeartbeatResponse.$Shape} HeartbeatResponse
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            HeartbeatResponse.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.zoarium.peer.HeartbeatResponse();
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
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.round = value;
                            else
                                delete message.round;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.counter = value;
                            else
                                delete message.counter;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.recovering = value;
                            else
                                delete message.recovering;
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

            return HeartbeatResponse;
        })();

        peer.Configuration = (function() {

            /**
             * Properties of a Configuration.
             * @typedef {Object} zoarium.peer.Configuration.$Properties
             * @property {Array.<number>|null} [voters] Configuration voters
             * @property {Array.<number>|null} [outgoing] Configuration outgoing
             * @property {Array.<number>|null} [learners] Configuration learners
             * @property {Array.<number>|null} [learnersNext] Configuration learnersNext
             * @property {Uint8Array|null} [context] Configuration context
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Configuration.
             * @memberof zoarium.peer
             * @interface IConfiguration
             * @augments zoarium.peer.Configuration.$Properties
             * @deprecated Use zoarium.peer.Configuration.$Properties instead.
             */

            /**
             * Shape of a Configuration.
             * @typedef {zoarium.peer.Configuration.$Properties} zoarium.peer.Configuration.$Shape
             */

            /**
             * Constructs a new Configuration.
             * @memberof zoarium.peer
             * @classdesc Represents a Configuration.
             * @constructor
             * @param {zoarium.peer.Configuration.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Configuration = function (properties) {
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
             * Configuration voters.
             * @member {Array.<number>} voters
             * @memberof zoarium.peer.Configuration
             * @instance
             */
            Configuration.prototype.voters = $util.emptyArray;

            /**
             * Configuration outgoing.
             * @member {Array.<number>} outgoing
             * @memberof zoarium.peer.Configuration
             * @instance
             */
            Configuration.prototype.outgoing = $util.emptyArray;

            /**
             * Configuration learners.
             * @member {Array.<number>} learners
             * @memberof zoarium.peer.Configuration
             * @instance
             */
            Configuration.prototype.learners = $util.emptyArray;

            /**
             * Configuration learnersNext.
             * @member {Array.<number>} learnersNext
             * @memberof zoarium.peer.Configuration
             * @instance
             */
            Configuration.prototype.learnersNext = $util.emptyArray;

            /**
             * Configuration context.
             * @member {Uint8Array} context
             * @memberof zoarium.peer.Configuration
             * @instance
             */
            Configuration.prototype.context = $util.newBuffer([]);

            /**
             * Creates a new Configuration instance using the specified properties.
             * @function create
             * @memberof zoarium.peer.Configuration
             * @static
             * @param {zoarium.peer.Configuration.$Properties=} [properties] Properties to set
             * @returns {zoarium.peer.Configuration} Configuration instance
             * @type {{
             *   (properties: zoarium.peer.Configuration.$Shape): zoarium.peer.Configuration & zoarium.peer.Configuration.$Shape;
             *   (properties?: zoarium.peer.Configuration.$Properties): zoarium.peer.Configuration;
             * }}
             */
            Configuration.create = function(properties) {
                return new Configuration(properties);
            };

            /**
             * Encodes the specified Configuration message. Does not implicitly {@link zoarium.peer.Configuration.verify|verify} messages.
             * @function encode
             * @memberof zoarium.peer.Configuration
             * @static
             * @param {zoarium.peer.Configuration.$Properties} message Configuration message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Configuration.encode = function (message, writer, _depth) {
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
             * Decodes a Configuration message from the specified reader or buffer.
             * @function decode
             * @memberof zoarium.peer.Configuration
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {zoarium.peer.Configuration & zoarium.peer.Configuration.$Shape} Configuration
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Configuration.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.zoarium.peer.Configuration();
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

            return Configuration;
        })();

        peer.SnapshotHead = (function() {

            /**
             * Properties of a SnapshotHead.
             * @typedef {Object} zoarium.peer.SnapshotHead.$Properties
             * @property {number|null} [term] SnapshotHead term
             * @property {number|null} [index] SnapshotHead index
             * @property {number|null} [lastTerm] SnapshotHead lastTerm
             * @property {number|null} [termStart] SnapshotHead termStart
             * @property {zoarium.peer.Configuration.$Properties|null} [configuration] SnapshotHead configuration
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a SnapshotHead.
             * @memberof zoarium.peer
             * @interface ISnapshotHead
             * @augments zoarium.peer.SnapshotHead.$Properties
             * @deprecated Use zoarium.peer.SnapshotHead.$Properties instead.
             */

            /**
             * Shape of a SnapshotHead.
             * @typedef {zoarium.peer.SnapshotHead.$Properties} zoarium.peer.SnapshotHead.$Shape
             */

            /**
             * Constructs a new SnapshotHead.
             * @memberof zoarium.peer
             * @classdesc Represents a SnapshotHead.
             * @constructor
             * @param {zoarium.peer.SnapshotHead.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const SnapshotHead = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * SnapshotHead term.
             * @member {number} term
             * @memberof zoarium.peer.SnapshotHead
             * @instance
             */
            SnapshotHead.prototype.term = 0;

            /**
             * SnapshotHead index.
             * @member {number} index
             * @memberof zoarium.peer.SnapshotHead
             * @instance
             */
            SnapshotHead.prototype.index = 0;

            /**
             * SnapshotHead lastTerm.
             * @member {number} lastTerm
             * @memberof zoarium.peer.SnapshotHead
             * @instance
             */
            SnapshotHead.prototype.lastTerm = 0;

            /**
             * SnapshotHead termStart.
             * @member {number} termStart
             * @memberof zoarium.peer.SnapshotHead
             * @instance
             */
            SnapshotHead.prototype.termStart = 0;

            /**
             * SnapshotHead configuration.
             * @member {zoarium.peer.Configuration.$Properties|null|undefined} configuration
             * @memberof zoarium.peer.SnapshotHead
             * @instance
             */
            SnapshotHead.prototype.configuration = null;

            /**
             * Creates a new SnapshotHead instance using the specified properties.
             * @function create
             * @memberof zoarium.peer.SnapshotHead
             * @static
             * @param {zoarium.peer.SnapshotHead.$Properties=} [properties] Properties to set
             * @returns {zoarium.peer.SnapshotHead} SnapshotHead instance
             * @type {{
             *   (properties: zoarium.peer.SnapshotHead.$Shape): zoarium.peer.SnapshotHead & zoarium.peer.SnapshotHead.$Shape;
             *   (properties?: zoarium.peer.SnapshotHead.$Properties): zoarium.peer.SnapshotHead;
             * }}
             */
            SnapshotHead.create = function(properties) {
                return new SnapshotHead(properties);
            };

            /**
             * Encodes the specified SnapshotHead message. Does not implicitly {@link zoarium.peer.SnapshotHead.verify|verify} messages.
             * @function encode
             * @memberof zoarium.peer.SnapshotHead
             * @static
             * @param {zoarium.peer.SnapshotHead.$Properties} message SnapshotHead message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            SnapshotHead.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.term != null && $Object.hasOwnProperty.call(message, "term") && !$Object.is(message.term, 0))
                    writer.uint32(/* id 1, wireType 1 =*/9).double(message.term);
                if (message.index != null && $Object.hasOwnProperty.call(message, "index") && !$Object.is(message.index, 0))
                    writer.uint32(/* id 2, wireType 1 =*/17).double(message.index);
                if (message.lastTerm != null && $Object.hasOwnProperty.call(message, "lastTerm") && !$Object.is(message.lastTerm, 0))
                    writer.uint32(/* id 3, wireType 1 =*/25).double(message.lastTerm);
                if (message.termStart != null && $Object.hasOwnProperty.call(message, "termStart") && !$Object.is(message.termStart, 0))
                    writer.uint32(/* id 4, wireType 1 =*/33).double(message.termStart);
                if (message.configuration != null && $Object.hasOwnProperty.call(message, "configuration"))
                    $root.zoarium.peer.Configuration.encode(message.configuration, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a SnapshotHead message from the specified reader or buffer.
             * @function decode
             * @memberof zoarium.peer.SnapshotHead
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {zoarium.peer.SnapshotHead & zoarium.peer.SnapshotHead.$Shape} SnapshotHead
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            SnapshotHead.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.zoarium.peer.SnapshotHead();
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
                                message.lastTerm = value;
                            else
                                delete message.lastTerm;
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
                            if (wireType !== 2)
                                break;
                            message.configuration = $root.zoarium.peer.Configuration.decode(reader, reader.size(), $undefined, _depth + 1, message.configuration);
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

            return SnapshotHead;
        })();

        peer.TermOnly = (function() {

            /**
             * Properties of a TermOnly.
             * @typedef {Object} zoarium.peer.TermOnly.$Properties
             * @property {number|null} [term] TermOnly term
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a TermOnly.
             * @memberof zoarium.peer
             * @interface ITermOnly
             * @augments zoarium.peer.TermOnly.$Properties
             * @deprecated Use zoarium.peer.TermOnly.$Properties instead.
             */

            /**
             * Shape of a TermOnly.
             * @typedef {zoarium.peer.TermOnly.$Properties} zoarium.peer.TermOnly.$Shape
             */

            /**
             * Constructs a new TermOnly.
             * @memberof zoarium.peer
             * @classdesc Represents a TermOnly.
             * @constructor
             * @param {zoarium.peer.TermOnly.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const TermOnly = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * TermOnly term.
             * @member {number} term
             * @memberof zoarium.peer.TermOnly
             * @instance
             */
            TermOnly.prototype.term = 0;

            /**
             * Creates a new TermOnly instance using the specified properties.
             * @function create
             * @memberof zoarium.peer.TermOnly
             * @static
             * @param {zoarium.peer.TermOnly.$Properties=} [properties] Properties to set
             * @returns {zoarium.peer.TermOnly} TermOnly instance
             * @type {{
             *   (properties: zoarium.peer.TermOnly.$Shape): zoarium.peer.TermOnly & zoarium.peer.TermOnly.$Shape;
             *   (properties?: zoarium.peer.TermOnly.$Properties): zoarium.peer.TermOnly;
             * }}
             */
            TermOnly.create = function(properties) {
                return new TermOnly(properties);
            };

            /**
             * Encodes the specified TermOnly message. Does not implicitly {@link zoarium.peer.TermOnly.verify|verify} messages.
             * @function encode
             * @memberof zoarium.peer.TermOnly
             * @static
             * @param {zoarium.peer.TermOnly.$Properties} message TermOnly message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            TermOnly.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.term != null && $Object.hasOwnProperty.call(message, "term") && !$Object.is(message.term, 0))
                    writer.uint32(/* id 1, wireType 1 =*/9).double(message.term);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a TermOnly message from the specified reader or buffer.
             * @function decode
             * @memberof zoarium.peer.TermOnly
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {zoarium.peer.TermOnly & zoarium.peer.TermOnly.$Shape} TermOnly
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            TermOnly.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.zoarium.peer.TermOnly();
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

            return TermOnly;
        })();

        peer.ReadIndex = (function() {

            /**
             * Properties of a ReadIndex.
             * @typedef {Object} zoarium.peer.ReadIndex.$Properties
             * @property {number|null} [term] ReadIndex term
             * @property {number|null} [id] ReadIndex id
             * @property {number|null} [index] ReadIndex index
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a ReadIndex.
             * @memberof zoarium.peer
             * @interface IReadIndex
             * @augments zoarium.peer.ReadIndex.$Properties
             * @deprecated Use zoarium.peer.ReadIndex.$Properties instead.
             */

            /**
             * Shape of a ReadIndex.
             * @typedef {zoarium.peer.ReadIndex.$Properties} zoarium.peer.ReadIndex.$Shape
             */

            /**
             * Constructs a new ReadIndex.
             * @memberof zoarium.peer
             * @classdesc Represents a ReadIndex.
             * @constructor
             * @param {zoarium.peer.ReadIndex.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const ReadIndex = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * ReadIndex term.
             * @member {number} term
             * @memberof zoarium.peer.ReadIndex
             * @instance
             */
            ReadIndex.prototype.term = 0;

            /**
             * ReadIndex id.
             * @member {number} id
             * @memberof zoarium.peer.ReadIndex
             * @instance
             */
            ReadIndex.prototype.id = 0;

            /**
             * ReadIndex index.
             * @member {number} index
             * @memberof zoarium.peer.ReadIndex
             * @instance
             */
            ReadIndex.prototype.index = 0;

            /**
             * Creates a new ReadIndex instance using the specified properties.
             * @function create
             * @memberof zoarium.peer.ReadIndex
             * @static
             * @param {zoarium.peer.ReadIndex.$Properties=} [properties] Properties to set
             * @returns {zoarium.peer.ReadIndex} ReadIndex instance
             * @type {{
             *   (properties: zoarium.peer.ReadIndex.$Shape): zoarium.peer.ReadIndex & zoarium.peer.ReadIndex.$Shape;
             *   (properties?: zoarium.peer.ReadIndex.$Properties): zoarium.peer.ReadIndex;
             * }}
             */
            ReadIndex.create = function(properties) {
                return new ReadIndex(properties);
            };

            /**
             * Encodes the specified ReadIndex message. Does not implicitly {@link zoarium.peer.ReadIndex.verify|verify} messages.
             * @function encode
             * @memberof zoarium.peer.ReadIndex
             * @static
             * @param {zoarium.peer.ReadIndex.$Properties} message ReadIndex message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            ReadIndex.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.term != null && $Object.hasOwnProperty.call(message, "term") && !$Object.is(message.term, 0))
                    writer.uint32(/* id 1, wireType 1 =*/9).double(message.term);
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && !$Object.is(message.id, 0))
                    writer.uint32(/* id 2, wireType 1 =*/17).double(message.id);
                if (message.index != null && $Object.hasOwnProperty.call(message, "index") && !$Object.is(message.index, 0))
                    writer.uint32(/* id 3, wireType 1 =*/25).double(message.index);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a ReadIndex message from the specified reader or buffer.
             * @function decode
             * @memberof zoarium.peer.ReadIndex
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {zoarium.peer.ReadIndex & zoarium.peer.ReadIndex.$Shape} ReadIndex
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            ReadIndex.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.zoarium.peer.ReadIndex();
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
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.index = value;
                            else
                                delete message.index;
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

            return ReadIndex;
        })();

        peer.Forward = (function() {

            /**
             * Properties of a Forward.
             * @typedef {Object} zoarium.peer.Forward.$Properties
             * @property {number|null} [term] Forward term
             * @property {number|null} [nonceHi] Forward nonceHi
             * @property {number|null} [nonceLo] Forward nonceLo
             * @property {number|null} [first] Forward first
             * @property {Array.<number>|null} [sizes] Forward sizes
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Forward.
             * @memberof zoarium.peer
             * @interface IForward
             * @augments zoarium.peer.Forward.$Properties
             * @deprecated Use zoarium.peer.Forward.$Properties instead.
             */

            /**
             * Shape of a Forward.
             * @typedef {zoarium.peer.Forward.$Properties} zoarium.peer.Forward.$Shape
             */

            /**
             * Constructs a new Forward.
             * @memberof zoarium.peer
             * @classdesc Represents a Forward.
             * @constructor
             * @param {zoarium.peer.Forward.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Forward = function (properties) {
                this.sizes = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Forward term.
             * @member {number} term
             * @memberof zoarium.peer.Forward
             * @instance
             */
            Forward.prototype.term = 0;

            /**
             * Forward nonceHi.
             * @member {number} nonceHi
             * @memberof zoarium.peer.Forward
             * @instance
             */
            Forward.prototype.nonceHi = 0;

            /**
             * Forward nonceLo.
             * @member {number} nonceLo
             * @memberof zoarium.peer.Forward
             * @instance
             */
            Forward.prototype.nonceLo = 0;

            /**
             * Forward first.
             * @member {number} first
             * @memberof zoarium.peer.Forward
             * @instance
             */
            Forward.prototype.first = 0;

            /**
             * Forward sizes.
             * @member {Array.<number>} sizes
             * @memberof zoarium.peer.Forward
             * @instance
             */
            Forward.prototype.sizes = $util.emptyArray;

            /**
             * Creates a new Forward instance using the specified properties.
             * @function create
             * @memberof zoarium.peer.Forward
             * @static
             * @param {zoarium.peer.Forward.$Properties=} [properties] Properties to set
             * @returns {zoarium.peer.Forward} Forward instance
             * @type {{
             *   (properties: zoarium.peer.Forward.$Shape): zoarium.peer.Forward & zoarium.peer.Forward.$Shape;
             *   (properties?: zoarium.peer.Forward.$Properties): zoarium.peer.Forward;
             * }}
             */
            Forward.create = function(properties) {
                return new Forward(properties);
            };

            /**
             * Encodes the specified Forward message. Does not implicitly {@link zoarium.peer.Forward.verify|verify} messages.
             * @function encode
             * @memberof zoarium.peer.Forward
             * @static
             * @param {zoarium.peer.Forward.$Properties} message Forward message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Forward.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.term != null && $Object.hasOwnProperty.call(message, "term") && !$Object.is(message.term, 0))
                    writer.uint32(/* id 1, wireType 1 =*/9).double(message.term);
                if (message.nonceHi != null && $Object.hasOwnProperty.call(message, "nonceHi") && message.nonceHi !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.nonceHi);
                if (message.nonceLo != null && $Object.hasOwnProperty.call(message, "nonceLo") && message.nonceLo !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.nonceLo);
                if (message.first != null && $Object.hasOwnProperty.call(message, "first") && !$Object.is(message.first, 0))
                    writer.uint32(/* id 4, wireType 1 =*/33).double(message.first);
                if (message.sizes != null && message.sizes.length)
                    writer.uint32(/* id 5, wireType 2 =*/42).uint32s(message.sizes);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Forward message from the specified reader or buffer.
             * @function decode
             * @memberof zoarium.peer.Forward
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {zoarium.peer.Forward & zoarium.peer.Forward.$Shape} Forward
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Forward.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.zoarium.peer.Forward();
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
                                message.nonceHi = value;
                            else
                                delete message.nonceHi;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.nonceLo = value;
                            else
                                delete message.nonceLo;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.first = value;
                            else
                                delete message.first;
                            continue;
                        }
                    case 5: {
                            if (wireType === 2) {
                                if (!(message.sizes && message.sizes.length))
                                    message.sizes = [];
                                reader.uint32s(message.sizes);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.sizes && message.sizes.length))
                                message.sizes = [];
                            message.sizes.push(reader.uint32());
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

            return Forward;
        })();

        peer.ForwardQuestion = (function() {

            /**
             * Properties of a ForwardQuestion.
             * @typedef {Object} zoarium.peer.ForwardQuestion.$Properties
             * @property {number|null} [term] ForwardQuestion term
             * @property {number|null} [nonceHi] ForwardQuestion nonceHi
             * @property {number|null} [nonceLo] ForwardQuestion nonceLo
             * @property {number|null} [attempt] ForwardQuestion attempt
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a ForwardQuestion.
             * @memberof zoarium.peer
             * @interface IForwardQuestion
             * @augments zoarium.peer.ForwardQuestion.$Properties
             * @deprecated Use zoarium.peer.ForwardQuestion.$Properties instead.
             */

            /**
             * Shape of a ForwardQuestion.
             * @typedef {zoarium.peer.ForwardQuestion.$Properties} zoarium.peer.ForwardQuestion.$Shape
             */

            /**
             * Constructs a new ForwardQuestion.
             * @memberof zoarium.peer
             * @classdesc Represents a ForwardQuestion.
             * @constructor
             * @param {zoarium.peer.ForwardQuestion.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const ForwardQuestion = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * ForwardQuestion term.
             * @member {number} term
             * @memberof zoarium.peer.ForwardQuestion
             * @instance
             */
            ForwardQuestion.prototype.term = 0;

            /**
             * ForwardQuestion nonceHi.
             * @member {number} nonceHi
             * @memberof zoarium.peer.ForwardQuestion
             * @instance
             */
            ForwardQuestion.prototype.nonceHi = 0;

            /**
             * ForwardQuestion nonceLo.
             * @member {number} nonceLo
             * @memberof zoarium.peer.ForwardQuestion
             * @instance
             */
            ForwardQuestion.prototype.nonceLo = 0;

            /**
             * ForwardQuestion attempt.
             * @member {number} attempt
             * @memberof zoarium.peer.ForwardQuestion
             * @instance
             */
            ForwardQuestion.prototype.attempt = 0;

            /**
             * Creates a new ForwardQuestion instance using the specified properties.
             * @function create
             * @memberof zoarium.peer.ForwardQuestion
             * @static
             * @param {zoarium.peer.ForwardQuestion.$Properties=} [properties] Properties to set
             * @returns {zoarium.peer.ForwardQuestion} ForwardQuestion instance
             * @type {{
             *   (properties: zoarium.peer.ForwardQuestion.$Shape): zoarium.peer.ForwardQuestion & zoarium.peer.ForwardQuestion.$Shape;
             *   (properties?: zoarium.peer.ForwardQuestion.$Properties): zoarium.peer.ForwardQuestion;
             * }}
             */
            ForwardQuestion.create = function(properties) {
                return new ForwardQuestion(properties);
            };

            /**
             * Encodes the specified ForwardQuestion message. Does not implicitly {@link zoarium.peer.ForwardQuestion.verify|verify} messages.
             * @function encode
             * @memberof zoarium.peer.ForwardQuestion
             * @static
             * @param {zoarium.peer.ForwardQuestion.$Properties} message ForwardQuestion message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            ForwardQuestion.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.term != null && $Object.hasOwnProperty.call(message, "term") && !$Object.is(message.term, 0))
                    writer.uint32(/* id 1, wireType 1 =*/9).double(message.term);
                if (message.nonceHi != null && $Object.hasOwnProperty.call(message, "nonceHi") && message.nonceHi !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.nonceHi);
                if (message.nonceLo != null && $Object.hasOwnProperty.call(message, "nonceLo") && message.nonceLo !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.nonceLo);
                if (message.attempt != null && $Object.hasOwnProperty.call(message, "attempt") && !$Object.is(message.attempt, 0))
                    writer.uint32(/* id 4, wireType 1 =*/33).double(message.attempt);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a ForwardQuestion message from the specified reader or buffer.
             * @function decode
             * @memberof zoarium.peer.ForwardQuestion
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {zoarium.peer.ForwardQuestion & zoarium.peer.ForwardQuestion.$Shape} ForwardQuestion
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            ForwardQuestion.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.zoarium.peer.ForwardQuestion();
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
                                message.nonceHi = value;
                            else
                                delete message.nonceHi;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.nonceLo = value;
                            else
                                delete message.nonceLo;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.attempt = value;
                            else
                                delete message.attempt;
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

            return ForwardQuestion;
        })();

        peer.ForwardAnswer = (function() {

            /**
             * Properties of a ForwardAnswer.
             * @typedef {Object} zoarium.peer.ForwardAnswer.$Properties
             * @property {number|null} [term] ForwardAnswer term
             * @property {number|null} [nonceHi] ForwardAnswer nonceHi
             * @property {number|null} [nonceLo] ForwardAnswer nonceLo
             * @property {number|null} [attempt] ForwardAnswer attempt
             * @property {number|null} [last] ForwardAnswer last
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a ForwardAnswer.
             * @memberof zoarium.peer
             * @interface IForwardAnswer
             * @augments zoarium.peer.ForwardAnswer.$Properties
             * @deprecated Use zoarium.peer.ForwardAnswer.$Properties instead.
             */

            /**
             * Shape of a ForwardAnswer.
             * @typedef {zoarium.peer.ForwardAnswer.$Properties} zoarium.peer.ForwardAnswer.$Shape
             */

            /**
             * Constructs a new ForwardAnswer.
             * @memberof zoarium.peer
             * @classdesc Represents a ForwardAnswer.
             * @constructor
             * @param {zoarium.peer.ForwardAnswer.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const ForwardAnswer = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * ForwardAnswer term.
             * @member {number} term
             * @memberof zoarium.peer.ForwardAnswer
             * @instance
             */
            ForwardAnswer.prototype.term = 0;

            /**
             * ForwardAnswer nonceHi.
             * @member {number} nonceHi
             * @memberof zoarium.peer.ForwardAnswer
             * @instance
             */
            ForwardAnswer.prototype.nonceHi = 0;

            /**
             * ForwardAnswer nonceLo.
             * @member {number} nonceLo
             * @memberof zoarium.peer.ForwardAnswer
             * @instance
             */
            ForwardAnswer.prototype.nonceLo = 0;

            /**
             * ForwardAnswer attempt.
             * @member {number} attempt
             * @memberof zoarium.peer.ForwardAnswer
             * @instance
             */
            ForwardAnswer.prototype.attempt = 0;

            /**
             * ForwardAnswer last.
             * @member {number} last
             * @memberof zoarium.peer.ForwardAnswer
             * @instance
             */
            ForwardAnswer.prototype.last = 0;

            /**
             * Creates a new ForwardAnswer instance using the specified properties.
             * @function create
             * @memberof zoarium.peer.ForwardAnswer
             * @static
             * @param {zoarium.peer.ForwardAnswer.$Properties=} [properties] Properties to set
             * @returns {zoarium.peer.ForwardAnswer} ForwardAnswer instance
             * @type {{
             *   (properties: zoarium.peer.ForwardAnswer.$Shape): zoarium.peer.ForwardAnswer & zoarium.peer.ForwardAnswer.$Shape;
             *   (properties?: zoarium.peer.ForwardAnswer.$Properties): zoarium.peer.ForwardAnswer;
             * }}
             */
            ForwardAnswer.create = function(properties) {
                return new ForwardAnswer(properties);
            };

            /**
             * Encodes the specified ForwardAnswer message. Does not implicitly {@link zoarium.peer.ForwardAnswer.verify|verify} messages.
             * @function encode
             * @memberof zoarium.peer.ForwardAnswer
             * @static
             * @param {zoarium.peer.ForwardAnswer.$Properties} message ForwardAnswer message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            ForwardAnswer.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.term != null && $Object.hasOwnProperty.call(message, "term") && !$Object.is(message.term, 0))
                    writer.uint32(/* id 1, wireType 1 =*/9).double(message.term);
                if (message.nonceHi != null && $Object.hasOwnProperty.call(message, "nonceHi") && message.nonceHi !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.nonceHi);
                if (message.nonceLo != null && $Object.hasOwnProperty.call(message, "nonceLo") && message.nonceLo !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.nonceLo);
                if (message.attempt != null && $Object.hasOwnProperty.call(message, "attempt") && !$Object.is(message.attempt, 0))
                    writer.uint32(/* id 4, wireType 1 =*/33).double(message.attempt);
                if (message.last != null && $Object.hasOwnProperty.call(message, "last") && !$Object.is(message.last, 0))
                    writer.uint32(/* id 5, wireType 1 =*/41).double(message.last);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a ForwardAnswer message from the specified reader or buffer.
             * @function decode
             * @memberof zoarium.peer.ForwardAnswer
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {zoarium.peer.ForwardAnswer & zoarium.peer.ForwardAnswer.$Shape} ForwardAnswer
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            ForwardAnswer.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.zoarium.peer.ForwardAnswer();
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
                                message.nonceHi = value;
                            else
                                delete message.nonceHi;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.nonceLo = value;
                            else
                                delete message.nonceLo;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.attempt = value;
                            else
                                delete message.attempt;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.last = value;
                            else
                                delete message.last;
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

            return ForwardAnswer;
        })();

        peer.SnapshotChunk = (function() {

            /**
             * Properties of a SnapshotChunk.
             * @typedef {Object} zoarium.peer.SnapshotChunk.$Properties
             * @property {number|null} [id] SnapshotChunk id
             * @property {number|null} [offset] SnapshotChunk offset
             * @property {boolean|null} [last] SnapshotChunk last
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a SnapshotChunk.
             * @memberof zoarium.peer
             * @interface ISnapshotChunk
             * @augments zoarium.peer.SnapshotChunk.$Properties
             * @deprecated Use zoarium.peer.SnapshotChunk.$Properties instead.
             */

            /**
             * Shape of a SnapshotChunk.
             * @typedef {zoarium.peer.SnapshotChunk.$Properties} zoarium.peer.SnapshotChunk.$Shape
             */

            /**
             * Constructs a new SnapshotChunk.
             * @memberof zoarium.peer
             * @classdesc Represents a SnapshotChunk.
             * @constructor
             * @param {zoarium.peer.SnapshotChunk.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const SnapshotChunk = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * SnapshotChunk id.
             * @member {number} id
             * @memberof zoarium.peer.SnapshotChunk
             * @instance
             */
            SnapshotChunk.prototype.id = 0;

            /**
             * SnapshotChunk offset.
             * @member {number} offset
             * @memberof zoarium.peer.SnapshotChunk
             * @instance
             */
            SnapshotChunk.prototype.offset = 0;

            /**
             * SnapshotChunk last.
             * @member {boolean} last
             * @memberof zoarium.peer.SnapshotChunk
             * @instance
             */
            SnapshotChunk.prototype.last = false;

            /**
             * Creates a new SnapshotChunk instance using the specified properties.
             * @function create
             * @memberof zoarium.peer.SnapshotChunk
             * @static
             * @param {zoarium.peer.SnapshotChunk.$Properties=} [properties] Properties to set
             * @returns {zoarium.peer.SnapshotChunk} SnapshotChunk instance
             * @type {{
             *   (properties: zoarium.peer.SnapshotChunk.$Shape): zoarium.peer.SnapshotChunk & zoarium.peer.SnapshotChunk.$Shape;
             *   (properties?: zoarium.peer.SnapshotChunk.$Properties): zoarium.peer.SnapshotChunk;
             * }}
             */
            SnapshotChunk.create = function(properties) {
                return new SnapshotChunk(properties);
            };

            /**
             * Encodes the specified SnapshotChunk message. Does not implicitly {@link zoarium.peer.SnapshotChunk.verify|verify} messages.
             * @function encode
             * @memberof zoarium.peer.SnapshotChunk
             * @static
             * @param {zoarium.peer.SnapshotChunk.$Properties} message SnapshotChunk message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            SnapshotChunk.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && !$Object.is(message.id, 0))
                    writer.uint32(/* id 1, wireType 1 =*/9).double(message.id);
                if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && !$Object.is(message.offset, 0))
                    writer.uint32(/* id 2, wireType 1 =*/17).double(message.offset);
                if (message.last != null && $Object.hasOwnProperty.call(message, "last") && message.last !== false)
                    writer.uint32(/* id 3, wireType 0 =*/24).bool(message.last);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a SnapshotChunk message from the specified reader or buffer.
             * @function decode
             * @memberof zoarium.peer.SnapshotChunk
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {zoarium.peer.SnapshotChunk & zoarium.peer.SnapshotChunk.$Shape} SnapshotChunk
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            SnapshotChunk.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.zoarium.peer.SnapshotChunk();
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
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.offset = value;
                            else
                                delete message.offset;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.last = value;
                            else
                                delete message.last;
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

            return SnapshotChunk;
        })();

        peer.SnapshotProgress = (function() {

            /**
             * Properties of a SnapshotProgress.
             * @typedef {Object} zoarium.peer.SnapshotProgress.$Properties
             * @property {number|null} [id] SnapshotProgress id
             * @property {number|null} [offset] SnapshotProgress offset
             * @property {boolean|null} [refused] SnapshotProgress refused
             * @property {boolean|null} [complete] SnapshotProgress complete
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a SnapshotProgress.
             * @memberof zoarium.peer
             * @interface ISnapshotProgress
             * @augments zoarium.peer.SnapshotProgress.$Properties
             * @deprecated Use zoarium.peer.SnapshotProgress.$Properties instead.
             */

            /**
             * Shape of a SnapshotProgress.
             * @typedef {zoarium.peer.SnapshotProgress.$Properties} zoarium.peer.SnapshotProgress.$Shape
             */

            /**
             * Constructs a new SnapshotProgress.
             * @memberof zoarium.peer
             * @classdesc Represents a SnapshotProgress.
             * @constructor
             * @param {zoarium.peer.SnapshotProgress.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const SnapshotProgress = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * SnapshotProgress id.
             * @member {number} id
             * @memberof zoarium.peer.SnapshotProgress
             * @instance
             */
            SnapshotProgress.prototype.id = 0;

            /**
             * SnapshotProgress offset.
             * @member {number} offset
             * @memberof zoarium.peer.SnapshotProgress
             * @instance
             */
            SnapshotProgress.prototype.offset = 0;

            /**
             * SnapshotProgress refused.
             * @member {boolean} refused
             * @memberof zoarium.peer.SnapshotProgress
             * @instance
             */
            SnapshotProgress.prototype.refused = false;

            /**
             * SnapshotProgress complete.
             * @member {boolean} complete
             * @memberof zoarium.peer.SnapshotProgress
             * @instance
             */
            SnapshotProgress.prototype.complete = false;

            /**
             * Creates a new SnapshotProgress instance using the specified properties.
             * @function create
             * @memberof zoarium.peer.SnapshotProgress
             * @static
             * @param {zoarium.peer.SnapshotProgress.$Properties=} [properties] Properties to set
             * @returns {zoarium.peer.SnapshotProgress} SnapshotProgress instance
             * @type {{
             *   (properties: zoarium.peer.SnapshotProgress.$Shape): zoarium.peer.SnapshotProgress & zoarium.peer.SnapshotProgress.$Shape;
             *   (properties?: zoarium.peer.SnapshotProgress.$Properties): zoarium.peer.SnapshotProgress;
             * }}
             */
            SnapshotProgress.create = function(properties) {
                return new SnapshotProgress(properties);
            };

            /**
             * Encodes the specified SnapshotProgress message. Does not implicitly {@link zoarium.peer.SnapshotProgress.verify|verify} messages.
             * @function encode
             * @memberof zoarium.peer.SnapshotProgress
             * @static
             * @param {zoarium.peer.SnapshotProgress.$Properties} message SnapshotProgress message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            SnapshotProgress.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && !$Object.is(message.id, 0))
                    writer.uint32(/* id 1, wireType 1 =*/9).double(message.id);
                if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && !$Object.is(message.offset, 0))
                    writer.uint32(/* id 2, wireType 1 =*/17).double(message.offset);
                if (message.refused != null && $Object.hasOwnProperty.call(message, "refused") && message.refused !== false)
                    writer.uint32(/* id 3, wireType 0 =*/24).bool(message.refused);
                if (message.complete != null && $Object.hasOwnProperty.call(message, "complete") && message.complete !== false)
                    writer.uint32(/* id 4, wireType 0 =*/32).bool(message.complete);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a SnapshotProgress message from the specified reader or buffer.
             * @function decode
             * @memberof zoarium.peer.SnapshotProgress
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {zoarium.peer.SnapshotProgress & zoarium.peer.SnapshotProgress.$Shape} SnapshotProgress
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            SnapshotProgress.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.zoarium.peer.SnapshotProgress();
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
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.offset = value;
                            else
                                delete message.offset;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.refused = value;
                            else
                                delete message.refused;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.complete = value;
                            else
                                delete message.complete;
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

            return SnapshotProgress;
        })();

        peer.Facts = (function() {

            /**
             * Properties of a Facts.
             * @typedef {Object} zoarium.peer.Facts.$Properties
             * @property {string|null} [software] Facts software
             * @property {number|null} [semantics] Facts semantics
             * @property {boolean|null} [unformed] Facts unformed
             * @property {Uint8Array|null} [configurationDigest] Facts configurationDigest
             * @property {string|null} [clientAddress] Facts clientAddress
             * @property {Uint8Array|null} [foundingDigest] Facts foundingDigest
             * @property {number|null} [wallMs] Facts wallMs
             * @property {number|null} [term] Facts term
             * @property {number|null} [leaderId] Facts leaderId
             * @property {string|null} [role] Facts role
             * @property {number|null} [appliedIndex] Facts appliedIndex
             * @property {number|null} [durableIndex] Facts durableIndex
             * @property {number|null} [lastZxid] Facts lastZxid
             * @property {number|null} [contactMs] Facts contactMs
             * @property {boolean|null} [serving] Facts serving
             * @property {string|null} [stateDigest] Facts stateDigest
             * @property {number|null} [markIndex] Facts markIndex
             * @property {string|null} [markDigest] Facts markDigest
             * @property {number|null} [agreeing] Facts agreeing
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Facts.
             * @memberof zoarium.peer
             * @interface IFacts
             * @augments zoarium.peer.Facts.$Properties
             * @deprecated Use zoarium.peer.Facts.$Properties instead.
             */

            /**
             * Shape of a Facts.
             * @typedef {zoarium.peer.Facts.$Properties} zoarium.peer.Facts.$Shape
             */

            /**
             * Constructs a new Facts.
             * @memberof zoarium.peer
             * @classdesc Represents a Facts.
             * @constructor
             * @param {zoarium.peer.Facts.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Facts = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Facts software.
             * @member {string} software
             * @memberof zoarium.peer.Facts
             * @instance
             */
            Facts.prototype.software = "";

            /**
             * Facts semantics.
             * @member {number} semantics
             * @memberof zoarium.peer.Facts
             * @instance
             */
            Facts.prototype.semantics = 0;

            /**
             * Facts unformed.
             * @member {boolean} unformed
             * @memberof zoarium.peer.Facts
             * @instance
             */
            Facts.prototype.unformed = false;

            /**
             * Facts configurationDigest.
             * @member {Uint8Array} configurationDigest
             * @memberof zoarium.peer.Facts
             * @instance
             */
            Facts.prototype.configurationDigest = $util.newBuffer([]);

            /**
             * Facts clientAddress.
             * @member {string} clientAddress
             * @memberof zoarium.peer.Facts
             * @instance
             */
            Facts.prototype.clientAddress = "";

            /**
             * Facts foundingDigest.
             * @member {Uint8Array} foundingDigest
             * @memberof zoarium.peer.Facts
             * @instance
             */
            Facts.prototype.foundingDigest = $util.newBuffer([]);

            /**
             * Facts wallMs.
             * @member {number} wallMs
             * @memberof zoarium.peer.Facts
             * @instance
             */
            Facts.prototype.wallMs = 0;

            /**
             * Facts term.
             * @member {number} term
             * @memberof zoarium.peer.Facts
             * @instance
             */
            Facts.prototype.term = 0;

            /**
             * Facts leaderId.
             * @member {number} leaderId
             * @memberof zoarium.peer.Facts
             * @instance
             */
            Facts.prototype.leaderId = 0;

            /**
             * Facts role.
             * @member {string} role
             * @memberof zoarium.peer.Facts
             * @instance
             */
            Facts.prototype.role = "";

            /**
             * Facts appliedIndex.
             * @member {number} appliedIndex
             * @memberof zoarium.peer.Facts
             * @instance
             */
            Facts.prototype.appliedIndex = 0;

            /**
             * Facts durableIndex.
             * @member {number} durableIndex
             * @memberof zoarium.peer.Facts
             * @instance
             */
            Facts.prototype.durableIndex = 0;

            /**
             * Facts lastZxid.
             * @member {number} lastZxid
             * @memberof zoarium.peer.Facts
             * @instance
             */
            Facts.prototype.lastZxid = 0;

            /**
             * Facts contactMs.
             * @member {number} contactMs
             * @memberof zoarium.peer.Facts
             * @instance
             */
            Facts.prototype.contactMs = 0;

            /**
             * Facts serving.
             * @member {boolean} serving
             * @memberof zoarium.peer.Facts
             * @instance
             */
            Facts.prototype.serving = false;

            /**
             * Facts stateDigest.
             * @member {string} stateDigest
             * @memberof zoarium.peer.Facts
             * @instance
             */
            Facts.prototype.stateDigest = "";

            /**
             * Facts markIndex.
             * @member {number} markIndex
             * @memberof zoarium.peer.Facts
             * @instance
             */
            Facts.prototype.markIndex = 0;

            /**
             * Facts markDigest.
             * @member {string} markDigest
             * @memberof zoarium.peer.Facts
             * @instance
             */
            Facts.prototype.markDigest = "";

            /**
             * Facts agreeing.
             * @member {number} agreeing
             * @memberof zoarium.peer.Facts
             * @instance
             */
            Facts.prototype.agreeing = 0;

            /**
             * Creates a new Facts instance using the specified properties.
             * @function create
             * @memberof zoarium.peer.Facts
             * @static
             * @param {zoarium.peer.Facts.$Properties=} [properties] Properties to set
             * @returns {zoarium.peer.Facts} Facts instance
             * @type {{
             *   (properties: zoarium.peer.Facts.$Shape): zoarium.peer.Facts & zoarium.peer.Facts.$Shape;
             *   (properties?: zoarium.peer.Facts.$Properties): zoarium.peer.Facts;
             * }}
             */
            Facts.create = function(properties) {
                return new Facts(properties);
            };

            /**
             * Encodes the specified Facts message. Does not implicitly {@link zoarium.peer.Facts.verify|verify} messages.
             * @function encode
             * @memberof zoarium.peer.Facts
             * @static
             * @param {zoarium.peer.Facts.$Properties} message Facts message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Facts.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.software != null && $Object.hasOwnProperty.call(message, "software") && message.software !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.software);
                if (message.semantics != null && $Object.hasOwnProperty.call(message, "semantics") && message.semantics !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.semantics);
                if (message.unformed != null && $Object.hasOwnProperty.call(message, "unformed") && message.unformed !== false)
                    writer.uint32(/* id 3, wireType 0 =*/24).bool(message.unformed);
                if (message.configurationDigest != null && $Object.hasOwnProperty.call(message, "configurationDigest") && message.configurationDigest.length)
                    writer.uint32(/* id 4, wireType 2 =*/34).bytes(message.configurationDigest);
                if (message.clientAddress != null && $Object.hasOwnProperty.call(message, "clientAddress") && message.clientAddress !== "")
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.clientAddress);
                if (message.foundingDigest != null && $Object.hasOwnProperty.call(message, "foundingDigest") && message.foundingDigest.length)
                    writer.uint32(/* id 6, wireType 2 =*/50).bytes(message.foundingDigest);
                if (message.wallMs != null && $Object.hasOwnProperty.call(message, "wallMs") && !$Object.is(message.wallMs, 0))
                    writer.uint32(/* id 7, wireType 1 =*/57).double(message.wallMs);
                if (message.term != null && $Object.hasOwnProperty.call(message, "term") && !$Object.is(message.term, 0))
                    writer.uint32(/* id 8, wireType 1 =*/65).double(message.term);
                if (message.leaderId != null && $Object.hasOwnProperty.call(message, "leaderId") && message.leaderId !== 0)
                    writer.uint32(/* id 9, wireType 0 =*/72).uint32(message.leaderId);
                if (message.role != null && $Object.hasOwnProperty.call(message, "role") && message.role !== "")
                    writer.uint32(/* id 10, wireType 2 =*/82).string(message.role);
                if (message.appliedIndex != null && $Object.hasOwnProperty.call(message, "appliedIndex") && !$Object.is(message.appliedIndex, 0))
                    writer.uint32(/* id 11, wireType 1 =*/89).double(message.appliedIndex);
                if (message.durableIndex != null && $Object.hasOwnProperty.call(message, "durableIndex") && !$Object.is(message.durableIndex, 0))
                    writer.uint32(/* id 12, wireType 1 =*/97).double(message.durableIndex);
                if (message.lastZxid != null && $Object.hasOwnProperty.call(message, "lastZxid") && !$Object.is(message.lastZxid, 0))
                    writer.uint32(/* id 13, wireType 1 =*/105).double(message.lastZxid);
                if (message.contactMs != null && $Object.hasOwnProperty.call(message, "contactMs") && !$Object.is(message.contactMs, 0))
                    writer.uint32(/* id 14, wireType 1 =*/113).double(message.contactMs);
                if (message.serving != null && $Object.hasOwnProperty.call(message, "serving") && message.serving !== false)
                    writer.uint32(/* id 15, wireType 0 =*/120).bool(message.serving);
                if (message.stateDigest != null && $Object.hasOwnProperty.call(message, "stateDigest") && message.stateDigest !== "")
                    writer.uint32(/* id 16, wireType 2 =*/130).string(message.stateDigest);
                if (message.markIndex != null && $Object.hasOwnProperty.call(message, "markIndex") && !$Object.is(message.markIndex, 0))
                    writer.uint32(/* id 17, wireType 1 =*/137).double(message.markIndex);
                if (message.markDigest != null && $Object.hasOwnProperty.call(message, "markDigest") && message.markDigest !== "")
                    writer.uint32(/* id 18, wireType 2 =*/146).string(message.markDigest);
                if (message.agreeing != null && $Object.hasOwnProperty.call(message, "agreeing") && message.agreeing !== 0)
                    writer.uint32(/* id 19, wireType 0 =*/152).uint32(message.agreeing);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Facts message from the specified reader or buffer.
             * @function decode
             * @memberof zoarium.peer.Facts
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {zoarium.peer.Facts & zoarium.peer.Facts.$Shape} Facts
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Facts.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.zoarium.peer.Facts();
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
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.software = value;
                            else
                                delete message.software;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.semantics = value;
                            else
                                delete message.semantics;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.unformed = value;
                            else
                                delete message.unformed;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.configurationDigest = value;
                            else
                                delete message.configurationDigest;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.clientAddress = value;
                            else
                                delete message.clientAddress;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.foundingDigest = value;
                            else
                                delete message.foundingDigest;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.wallMs = value;
                            else
                                delete message.wallMs;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.term = value;
                            else
                                delete message.term;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.leaderId = value;
                            else
                                delete message.leaderId;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.role = value;
                            else
                                delete message.role;
                            continue;
                        }
                    case 11: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.appliedIndex = value;
                            else
                                delete message.appliedIndex;
                            continue;
                        }
                    case 12: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.durableIndex = value;
                            else
                                delete message.durableIndex;
                            continue;
                        }
                    case 13: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.lastZxid = value;
                            else
                                delete message.lastZxid;
                            continue;
                        }
                    case 14: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.contactMs = value;
                            else
                                delete message.contactMs;
                            continue;
                        }
                    case 15: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.serving = value;
                            else
                                delete message.serving;
                            continue;
                        }
                    case 16: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.stateDigest = value;
                            else
                                delete message.stateDigest;
                            continue;
                        }
                    case 17: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.markIndex = value;
                            else
                                delete message.markIndex;
                            continue;
                        }
                    case 18: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.markDigest = value;
                            else
                                delete message.markDigest;
                            continue;
                        }
                    case 19: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.agreeing = value;
                            else
                                delete message.agreeing;
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

            return Facts;
        })();

        peer.Greeting = (function() {

            /**
             * Properties of a Greeting.
             * @typedef {Object} zoarium.peer.Greeting.$Properties
             * @property {number|null} [versionMin] Greeting versionMin
             * @property {number|null} [versionMax] Greeting versionMax
             * @property {Uint8Array|null} [nonce] Greeting nonce
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Greeting.
             * @memberof zoarium.peer
             * @interface IGreeting
             * @augments zoarium.peer.Greeting.$Properties
             * @deprecated Use zoarium.peer.Greeting.$Properties instead.
             */

            /**
             * Shape of a Greeting.
             * @typedef {zoarium.peer.Greeting.$Properties} zoarium.peer.Greeting.$Shape
             */

            /**
             * Constructs a new Greeting.
             * @memberof zoarium.peer
             * @classdesc Represents a Greeting.
             * @constructor
             * @param {zoarium.peer.Greeting.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Greeting = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Greeting versionMin.
             * @member {number} versionMin
             * @memberof zoarium.peer.Greeting
             * @instance
             */
            Greeting.prototype.versionMin = 0;

            /**
             * Greeting versionMax.
             * @member {number} versionMax
             * @memberof zoarium.peer.Greeting
             * @instance
             */
            Greeting.prototype.versionMax = 0;

            /**
             * Greeting nonce.
             * @member {Uint8Array} nonce
             * @memberof zoarium.peer.Greeting
             * @instance
             */
            Greeting.prototype.nonce = $util.newBuffer([]);

            /**
             * Creates a new Greeting instance using the specified properties.
             * @function create
             * @memberof zoarium.peer.Greeting
             * @static
             * @param {zoarium.peer.Greeting.$Properties=} [properties] Properties to set
             * @returns {zoarium.peer.Greeting} Greeting instance
             * @type {{
             *   (properties: zoarium.peer.Greeting.$Shape): zoarium.peer.Greeting & zoarium.peer.Greeting.$Shape;
             *   (properties?: zoarium.peer.Greeting.$Properties): zoarium.peer.Greeting;
             * }}
             */
            Greeting.create = function(properties) {
                return new Greeting(properties);
            };

            /**
             * Encodes the specified Greeting message. Does not implicitly {@link zoarium.peer.Greeting.verify|verify} messages.
             * @function encode
             * @memberof zoarium.peer.Greeting
             * @static
             * @param {zoarium.peer.Greeting.$Properties} message Greeting message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Greeting.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.versionMin != null && $Object.hasOwnProperty.call(message, "versionMin") && message.versionMin !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.versionMin);
                if (message.versionMax != null && $Object.hasOwnProperty.call(message, "versionMax") && message.versionMax !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.versionMax);
                if (message.nonce != null && $Object.hasOwnProperty.call(message, "nonce") && message.nonce.length)
                    writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.nonce);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Greeting message from the specified reader or buffer.
             * @function decode
             * @memberof zoarium.peer.Greeting
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {zoarium.peer.Greeting & zoarium.peer.Greeting.$Shape} Greeting
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Greeting.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.zoarium.peer.Greeting();
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
                                message.versionMin = value;
                            else
                                delete message.versionMin;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.versionMax = value;
                            else
                                delete message.versionMax;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.nonce = value;
                            else
                                delete message.nonce;
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

            return Greeting;
        })();

        peer.Hello = (function() {

            /**
             * Properties of a Hello.
             * @typedef {Object} zoarium.peer.Hello.$Properties
             * @property {number|null} [versionMin] Hello versionMin
             * @property {number|null} [versionMax] Hello versionMax
             * @property {Uint8Array|null} [nonce] Hello nonce
             * @property {string|null} [clusterId] Hello clusterId
             * @property {number|null} [serverId] Hello serverId
             * @property {Uint8Array|null} [incarnation] Hello incarnation
             * @property {Uint8Array|null} [bootNonce] Hello bootNonce
             * @property {number|null} [expectedServerId] Hello expectedServerId
             * @property {Uint8Array|null} [expectedIncarnation] Hello expectedIncarnation
             * @property {number|null} [lane] Hello lane
             * @property {number|null} [linkNumber] Hello linkNumber
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Hello.
             * @memberof zoarium.peer
             * @interface IHello
             * @augments zoarium.peer.Hello.$Properties
             * @deprecated Use zoarium.peer.Hello.$Properties instead.
             */

            /**
             * Shape of a Hello.
             * @typedef {zoarium.peer.Hello.$Properties} zoarium.peer.Hello.$Shape
             */

            /**
             * Constructs a new Hello.
             * @memberof zoarium.peer
             * @classdesc Represents a Hello.
             * @constructor
             * @param {zoarium.peer.Hello.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Hello = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Hello versionMin.
             * @member {number} versionMin
             * @memberof zoarium.peer.Hello
             * @instance
             */
            Hello.prototype.versionMin = 0;

            /**
             * Hello versionMax.
             * @member {number} versionMax
             * @memberof zoarium.peer.Hello
             * @instance
             */
            Hello.prototype.versionMax = 0;

            /**
             * Hello nonce.
             * @member {Uint8Array} nonce
             * @memberof zoarium.peer.Hello
             * @instance
             */
            Hello.prototype.nonce = $util.newBuffer([]);

            /**
             * Hello clusterId.
             * @member {string} clusterId
             * @memberof zoarium.peer.Hello
             * @instance
             */
            Hello.prototype.clusterId = "";

            /**
             * Hello serverId.
             * @member {number} serverId
             * @memberof zoarium.peer.Hello
             * @instance
             */
            Hello.prototype.serverId = 0;

            /**
             * Hello incarnation.
             * @member {Uint8Array} incarnation
             * @memberof zoarium.peer.Hello
             * @instance
             */
            Hello.prototype.incarnation = $util.newBuffer([]);

            /**
             * Hello bootNonce.
             * @member {Uint8Array} bootNonce
             * @memberof zoarium.peer.Hello
             * @instance
             */
            Hello.prototype.bootNonce = $util.newBuffer([]);

            /**
             * Hello expectedServerId.
             * @member {number} expectedServerId
             * @memberof zoarium.peer.Hello
             * @instance
             */
            Hello.prototype.expectedServerId = 0;

            /**
             * Hello expectedIncarnation.
             * @member {Uint8Array} expectedIncarnation
             * @memberof zoarium.peer.Hello
             * @instance
             */
            Hello.prototype.expectedIncarnation = $util.newBuffer([]);

            /**
             * Hello lane.
             * @member {number} lane
             * @memberof zoarium.peer.Hello
             * @instance
             */
            Hello.prototype.lane = 0;

            /**
             * Hello linkNumber.
             * @member {number} linkNumber
             * @memberof zoarium.peer.Hello
             * @instance
             */
            Hello.prototype.linkNumber = 0;

            /**
             * Creates a new Hello instance using the specified properties.
             * @function create
             * @memberof zoarium.peer.Hello
             * @static
             * @param {zoarium.peer.Hello.$Properties=} [properties] Properties to set
             * @returns {zoarium.peer.Hello} Hello instance
             * @type {{
             *   (properties: zoarium.peer.Hello.$Shape): zoarium.peer.Hello & zoarium.peer.Hello.$Shape;
             *   (properties?: zoarium.peer.Hello.$Properties): zoarium.peer.Hello;
             * }}
             */
            Hello.create = function(properties) {
                return new Hello(properties);
            };

            /**
             * Encodes the specified Hello message. Does not implicitly {@link zoarium.peer.Hello.verify|verify} messages.
             * @function encode
             * @memberof zoarium.peer.Hello
             * @static
             * @param {zoarium.peer.Hello.$Properties} message Hello message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Hello.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.versionMin != null && $Object.hasOwnProperty.call(message, "versionMin") && message.versionMin !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.versionMin);
                if (message.versionMax != null && $Object.hasOwnProperty.call(message, "versionMax") && message.versionMax !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.versionMax);
                if (message.nonce != null && $Object.hasOwnProperty.call(message, "nonce") && message.nonce.length)
                    writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.nonce);
                if (message.clusterId != null && $Object.hasOwnProperty.call(message, "clusterId") && message.clusterId !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.clusterId);
                if (message.serverId != null && $Object.hasOwnProperty.call(message, "serverId") && message.serverId !== 0)
                    writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.serverId);
                if (message.incarnation != null && $Object.hasOwnProperty.call(message, "incarnation") && message.incarnation.length)
                    writer.uint32(/* id 6, wireType 2 =*/50).bytes(message.incarnation);
                if (message.bootNonce != null && $Object.hasOwnProperty.call(message, "bootNonce") && message.bootNonce.length)
                    writer.uint32(/* id 7, wireType 2 =*/58).bytes(message.bootNonce);
                if (message.expectedServerId != null && $Object.hasOwnProperty.call(message, "expectedServerId") && message.expectedServerId !== 0)
                    writer.uint32(/* id 8, wireType 0 =*/64).uint32(message.expectedServerId);
                if (message.expectedIncarnation != null && $Object.hasOwnProperty.call(message, "expectedIncarnation") && message.expectedIncarnation.length)
                    writer.uint32(/* id 9, wireType 2 =*/74).bytes(message.expectedIncarnation);
                if (message.lane != null && $Object.hasOwnProperty.call(message, "lane") && message.lane !== 0)
                    writer.uint32(/* id 10, wireType 0 =*/80).uint32(message.lane);
                if (message.linkNumber != null && $Object.hasOwnProperty.call(message, "linkNumber") && !$Object.is(message.linkNumber, 0))
                    writer.uint32(/* id 11, wireType 1 =*/89).double(message.linkNumber);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Hello message from the specified reader or buffer.
             * @function decode
             * @memberof zoarium.peer.Hello
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {zoarium.peer.Hello & zoarium.peer.Hello.$Shape} Hello
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Hello.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.zoarium.peer.Hello();
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
                                message.versionMin = value;
                            else
                                delete message.versionMin;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.versionMax = value;
                            else
                                delete message.versionMax;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.nonce = value;
                            else
                                delete message.nonce;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.clusterId = value;
                            else
                                delete message.clusterId;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.serverId = value;
                            else
                                delete message.serverId;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.incarnation = value;
                            else
                                delete message.incarnation;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.bootNonce = value;
                            else
                                delete message.bootNonce;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.expectedServerId = value;
                            else
                                delete message.expectedServerId;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.expectedIncarnation = value;
                            else
                                delete message.expectedIncarnation;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.lane = value;
                            else
                                delete message.lane;
                            continue;
                        }
                    case 11: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.linkNumber = value;
                            else
                                delete message.linkNumber;
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

            return Hello;
        })();

        peer.Welcome = (function() {

            /**
             * Properties of a Welcome.
             * @typedef {Object} zoarium.peer.Welcome.$Properties
             * @property {number|null} [version] Welcome version
             * @property {string|null} [clusterId] Welcome clusterId
             * @property {number|null} [serverId] Welcome serverId
             * @property {Uint8Array|null} [incarnation] Welcome incarnation
             * @property {Uint8Array|null} [bootNonce] Welcome bootNonce
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Welcome.
             * @memberof zoarium.peer
             * @interface IWelcome
             * @augments zoarium.peer.Welcome.$Properties
             * @deprecated Use zoarium.peer.Welcome.$Properties instead.
             */

            /**
             * Shape of a Welcome.
             * @typedef {zoarium.peer.Welcome.$Properties} zoarium.peer.Welcome.$Shape
             */

            /**
             * Constructs a new Welcome.
             * @memberof zoarium.peer
             * @classdesc Represents a Welcome.
             * @constructor
             * @param {zoarium.peer.Welcome.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Welcome = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Welcome version.
             * @member {number} version
             * @memberof zoarium.peer.Welcome
             * @instance
             */
            Welcome.prototype.version = 0;

            /**
             * Welcome clusterId.
             * @member {string} clusterId
             * @memberof zoarium.peer.Welcome
             * @instance
             */
            Welcome.prototype.clusterId = "";

            /**
             * Welcome serverId.
             * @member {number} serverId
             * @memberof zoarium.peer.Welcome
             * @instance
             */
            Welcome.prototype.serverId = 0;

            /**
             * Welcome incarnation.
             * @member {Uint8Array} incarnation
             * @memberof zoarium.peer.Welcome
             * @instance
             */
            Welcome.prototype.incarnation = $util.newBuffer([]);

            /**
             * Welcome bootNonce.
             * @member {Uint8Array} bootNonce
             * @memberof zoarium.peer.Welcome
             * @instance
             */
            Welcome.prototype.bootNonce = $util.newBuffer([]);

            /**
             * Creates a new Welcome instance using the specified properties.
             * @function create
             * @memberof zoarium.peer.Welcome
             * @static
             * @param {zoarium.peer.Welcome.$Properties=} [properties] Properties to set
             * @returns {zoarium.peer.Welcome} Welcome instance
             * @type {{
             *   (properties: zoarium.peer.Welcome.$Shape): zoarium.peer.Welcome & zoarium.peer.Welcome.$Shape;
             *   (properties?: zoarium.peer.Welcome.$Properties): zoarium.peer.Welcome;
             * }}
             */
            Welcome.create = function(properties) {
                return new Welcome(properties);
            };

            /**
             * Encodes the specified Welcome message. Does not implicitly {@link zoarium.peer.Welcome.verify|verify} messages.
             * @function encode
             * @memberof zoarium.peer.Welcome
             * @static
             * @param {zoarium.peer.Welcome.$Properties} message Welcome message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Welcome.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.version);
                if (message.clusterId != null && $Object.hasOwnProperty.call(message, "clusterId") && message.clusterId !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.clusterId);
                if (message.serverId != null && $Object.hasOwnProperty.call(message, "serverId") && message.serverId !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.serverId);
                if (message.incarnation != null && $Object.hasOwnProperty.call(message, "incarnation") && message.incarnation.length)
                    writer.uint32(/* id 4, wireType 2 =*/34).bytes(message.incarnation);
                if (message.bootNonce != null && $Object.hasOwnProperty.call(message, "bootNonce") && message.bootNonce.length)
                    writer.uint32(/* id 5, wireType 2 =*/42).bytes(message.bootNonce);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Welcome message from the specified reader or buffer.
             * @function decode
             * @memberof zoarium.peer.Welcome
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {zoarium.peer.Welcome & zoarium.peer.Welcome.$Shape} Welcome
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Welcome.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.zoarium.peer.Welcome();
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
                                message.version = value;
                            else
                                delete message.version;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.clusterId = value;
                            else
                                delete message.clusterId;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.serverId = value;
                            else
                                delete message.serverId;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.incarnation = value;
                            else
                                delete message.incarnation;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.bootNonce = value;
                            else
                                delete message.bootNonce;
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

            return Welcome;
        })();

        peer.Refusal = (function() {

            /**
             * Properties of a Refusal.
             * @typedef {Object} zoarium.peer.Refusal.$Properties
             * @property {number|null} [reason] Refusal reason
             * @property {string|null} [text] Refusal text
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Refusal.
             * @memberof zoarium.peer
             * @interface IRefusal
             * @augments zoarium.peer.Refusal.$Properties
             * @deprecated Use zoarium.peer.Refusal.$Properties instead.
             */

            /**
             * Shape of a Refusal.
             * @typedef {zoarium.peer.Refusal.$Properties} zoarium.peer.Refusal.$Shape
             */

            /**
             * Constructs a new Refusal.
             * @memberof zoarium.peer
             * @classdesc Represents a Refusal.
             * @constructor
             * @param {zoarium.peer.Refusal.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Refusal = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Refusal reason.
             * @member {number} reason
             * @memberof zoarium.peer.Refusal
             * @instance
             */
            Refusal.prototype.reason = 0;

            /**
             * Refusal text.
             * @member {string} text
             * @memberof zoarium.peer.Refusal
             * @instance
             */
            Refusal.prototype.text = "";

            /**
             * Creates a new Refusal instance using the specified properties.
             * @function create
             * @memberof zoarium.peer.Refusal
             * @static
             * @param {zoarium.peer.Refusal.$Properties=} [properties] Properties to set
             * @returns {zoarium.peer.Refusal} Refusal instance
             * @type {{
             *   (properties: zoarium.peer.Refusal.$Shape): zoarium.peer.Refusal & zoarium.peer.Refusal.$Shape;
             *   (properties?: zoarium.peer.Refusal.$Properties): zoarium.peer.Refusal;
             * }}
             */
            Refusal.create = function(properties) {
                return new Refusal(properties);
            };

            /**
             * Encodes the specified Refusal message. Does not implicitly {@link zoarium.peer.Refusal.verify|verify} messages.
             * @function encode
             * @memberof zoarium.peer.Refusal
             * @static
             * @param {zoarium.peer.Refusal.$Properties} message Refusal message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Refusal.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.reason);
                if (message.text != null && $Object.hasOwnProperty.call(message, "text") && message.text !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.text);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Refusal message from the specified reader or buffer.
             * @function decode
             * @memberof zoarium.peer.Refusal
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {zoarium.peer.Refusal & zoarium.peer.Refusal.$Shape} Refusal
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Refusal.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.zoarium.peer.Refusal();
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
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.text = value;
                            else
                                delete message.text;
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

            return Refusal;
        })();

        return peer;
    })();

    return zoarium;
})();

export {
  $root as default
};
