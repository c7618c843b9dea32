#include "pubsub-api/src/store/topic_database.hpp"

#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <utility>

namespace hawser {
namespace {

// A record of its own says what the rest is. It sorts before every topic's.
constexpr std::string_view kFormatKey{"\0\0format", 8};
constexpr std::string_view kFormat = "hawser topics 1";

rocksdb::Slice slice_of(std::string_view text) { return {text.data(), text.size()}; }
std::string_view view_of(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

Error error_of(const rocksdb::Status& status, const std::string& folder, std::string_view doing) {
  const std::string where = "the store '" + folder + "' " + std::string{doing} + ": " + status.ToString();
  if (status.IsCorruption()) {
    return {Errc::bad_data, where + ". Restore it from a backup, or move it away: this node is sent what others have"};
  }
  if (status.IsNoSpace()) return {Errc::system, where + ". Make room on its disk, and start this node again"};
  if (status.IsIOError() && status.ToString().find("lock") != std::string::npos) {
    return {Errc::system, where + ". Another process has it open: each node needs a store of its own"};
  }
  return {Errc::system, where};
}

// Topics are written in batches by one thread and read when they are opened, so memory goes to neither reads nor many
// files. The log of writes is taken up to its first record that is not whole, which is where a crash cut it.
rocksdb::Options database_options() {
  rocksdb::Options options;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.paranoid_checks = true;
  options.compression = rocksdb::kLZ4Compression;
  options.write_buffer_size = std::size_t{16} << 20U;
  options.max_total_wal_size = std::size_t{64} << 20U;
  options.max_open_files = 256;
  options.max_background_jobs = 2;
  options.info_log_level = rocksdb::InfoLogLevel::ERROR_LEVEL;
  options.keep_log_file_num = 2;
  rocksdb::BlockBasedTableOptions table;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

rocksdb::ReadOptions checked_reads() {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  return options;
}

class RocksDatabase final : public TopicDatabase {
 public:
  RocksDatabase(std::unique_ptr<rocksdb::DB> database, std::string folder)
      : database_(std::move(database)), folder_(std::move(folder)) {}

  ~RocksDatabase() override {
    // What was written without being synced is still to outlive what comes after a planned end.
    if (!failed_) static_cast<void>(database_->FlushWAL(true));
  }

  Status write(const StoreWrite& write) override {
    if (failed_) return Error{Errc::system, "the store '" + folder_ + "' is out of service"};
    rocksdb::WriteBatch batch;
    for (const StoreRange& range : write.batch.erased_ranges) batch.DeleteRange(range.first, range.end);
    for (const std::string& key : write.batch.erased) batch.Delete(key);
    for (const StoreRecord& record : write.batch.puts) batch.Put(record.key, record.value);
    rocksdb::WriteOptions options;
    options.sync = write.sync && !write.batch.empty();
    rocksdb::Status status = write.batch.empty() ? rocksdb::Status::OK() : database_->Write(options, &batch);
    if (status.ok() && write.sync && write.batch.empty()) status = database_->SyncWAL();
    if (status.ok()) return Ok{};
    failed_ = true;
    return error_of(status, folder_, "can't be written to");
  }

  [[nodiscard]] Result<std::vector<StoreRecord>> read(const StoreRange& range) const override {
    std::vector<StoreRecord> records;
    rocksdb::ReadOptions options = checked_reads();
    const rocksdb::Slice end{range.end};
    options.iterate_upper_bound = &end;
    const std::unique_ptr<rocksdb::Iterator> at{database_->NewIterator(options)};
    for (at->Seek(range.first); at->Valid(); at->Next()) {
      records.push_back({at->key().ToString(), at->value().ToString()});
    }
    if (!at->status().ok()) return error_of(at->status(), folder_, "can't be read");
    return records;
  }

  [[nodiscard]] Status for_each(const Visit& visit) const override {
    const std::unique_ptr<rocksdb::Iterator> at{database_->NewIterator(checked_reads())};
    for (at->SeekToFirst(); at->Valid(); at->Next()) {
      if (at->key() == slice_of(kFormatKey)) continue;
      if (!visit(view_of(at->key()), view_of(at->value()))) return Ok{};
    }
    if (!at->status().ok()) return error_of(at->status(), folder_, "can't be read");
    return Ok{};
  }

  Status verify() override {
    const rocksdb::Status status = database_->VerifyChecksum(checked_reads());
    if (!status.ok()) return error_of(status, folder_, "is damaged");
    return for_each([](std::string_view, std::string_view) { return true; });  // What is in the log of writes only.
  }

  Status backup(const std::string& folder) override {
    rocksdb::Checkpoint* made = nullptr;
    rocksdb::Status status = rocksdb::Checkpoint::Create(database_.get(), &made);
    const std::unique_ptr<rocksdb::Checkpoint> checkpoint{made};
    if (status.ok()) status = checkpoint->CreateCheckpoint(folder);
    if (!status.ok()) return error_of(status, folder_, "can't be copied to '" + folder + "'");
    return Ok{};
  }

  /// Puts the record of the format where there is nothing yet, or compares it.
  Status check_format(Mode mode) {
    std::string format;
    const rocksdb::Status status = database_->Get(checked_reads(), slice_of(kFormatKey), &format);
    if (status.ok() && format == kFormat) return Ok{};
    if (status.ok()) {
      return Error{Errc::bad_data, "the store '" + folder_ + "' has format '" + format +
                                       "', and this program writes '" + std::string{kFormat} +
                                       "': use the version that wrote it"};
    }
    if (!status.IsNotFound()) return error_of(status, folder_, "can't be read");
    const std::unique_ptr<rocksdb::Iterator> at{database_->NewIterator(checked_reads())};
    at->SeekToFirst();
    if (at->Valid() || mode == Mode::read) {
      return Error{Errc::bad_data, "'" + folder_ + "' is no store of Hawser's"};
    }
    rocksdb::WriteOptions options;
    options.sync = true;
    const rocksdb::Status put = database_->Put(options, slice_of(kFormatKey), slice_of(kFormat));
    if (!put.ok()) return error_of(put, folder_, "can't be written to");
    return Ok{};
  }

 private:
  std::unique_ptr<rocksdb::DB> database_;
  std::string folder_;
  bool failed_ = false;
};

}  // namespace

Result<std::unique_ptr<TopicDatabase>> TopicDatabase::open(const std::string& folder, Mode mode) {
  rocksdb::Options options = database_options();
  options.create_if_missing = mode == Mode::write;
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = mode == Mode::write ? rocksdb::DB::Open(options, folder, &opened)
                                                     : rocksdb::DB::OpenForReadOnly(options, folder, &opened);
  std::unique_ptr<rocksdb::DB> owned{opened};
  if (!status.ok()) return error_of(status, folder, "can't be opened");
  auto database = std::make_unique<RocksDatabase>(std::move(owned), folder);
  if (auto checked = database->check_format(mode); !checked) return checked.error();
  return std::unique_ptr<TopicDatabase>{std::move(database)};
}

}  // namespace hawser

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
// RocksDB comes as a library that was built without it: what its threads hand to each other cannot be seen.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() { return "race:librocksdb.so\ncalled_from_lib:librocksdb.so\n"; }
#endif
#endif
