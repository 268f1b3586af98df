//! Rows of CSV as lines: the columns `id`, `method`, `path` and `idempotency_key`; every other is a parameter.

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::rc::Rc;

use csv::{ByteRecord, ErrorKind, Trim};

use crate::request::params::{Param, brackets_pair};

use super::line::{Line, LineError, MAX_LINE, ReadLine, Said};
use super::line_breaks::LineBreaks;

/// Why the first row is no header row.
#[derive(Debug, thiserror::Error)]
pub enum HeaderError {
    /// It could not be read.
    #[error("the header row cannot be read: {0}")]
    Read(#[from] csv::Error),
    /// Bytes that are no text.
    #[error("the header row is not valid UTF-8")]
    NotUtf8,
    /// A column that every batch has.
    #[error(
        "the header row has no column {missing:?} (columns are set apart by commas; it has {found}); the file is neither NDJSON nor CSV with a header row"
    )]
    Missing {
        /// The column.
        missing: &'static str,
        /// The columns that there are.
        found: String,
    },
    /// Two columns of one name.
    #[error("the header row has two columns {0:?}")]
    Twice(String),
    /// A column without a name, or whose brackets do not pair.
    #[error("the column {0:?} of the header row is not the name of a parameter")]
    Name(String),
}

/// What a column holds.
enum Column {
    Id,
    Method,
    Path,
    Key,
    Parameter(String),
}

/// The rows of a file.
pub(super) struct Rows {
    reader: csv::Reader<Rationed>,
    ration: Rc<Cell<u64>>,
    breaks: Rc<RefCell<LineBreaks>>,
    columns: Vec<Column>,
    record: ByteRecord,
    is_over: bool,
}

/// The reader's own buffer, which it may fill beyond the row that is wanted.
const BUFFER: usize = 1 << 16;

/// What one row may take from the file.
const RATION: u64 = (MAX_LINE + BUFFER) as u64;

/// A file of which so much may be read: a quote that nobody closes makes one row of all the rest.
struct Rationed {
    file: BufReader<File>,
    left: Rc<Cell<u64>>,
    breaks: Rc<RefCell<LineBreaks>>,
}

impl Read for Rationed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left.get() == 0 {
            return Err(io::Error::other("the ration of a row is used up"));
        }
        let read = self.file.read(buffer)?;
        self.breaks.borrow_mut().pass(&buffer[..read]);
        self.left.set(self.left.get().saturating_sub(read as u64));
        Ok(read)
    }
}

impl Rows {
    /// Reads the header row.
    pub(super) fn open(file: BufReader<File>) -> Result<Self, HeaderError> {
        let ration = Rc::new(Cell::new(RATION));
        let breaks = Rc::<RefCell<LineBreaks>>::default();
        let mut reader = csv::ReaderBuilder::new()
            .trim(Trim::Headers)
            .flexible(true)
            .buffer_capacity(BUFFER)
            .from_reader(Rationed { file, left: Rc::clone(&ration), breaks: Rc::clone(&breaks) });
        let header = reader.byte_headers()?.clone();
        let names = header.iter().map(|name| std::str::from_utf8(name).map_err(|_| HeaderError::NotUtf8));
        let names = names.collect::<Result<Vec<_>, _>>()?;
        let columns = columns(&names)?;
        Ok(Self { reader, ration, breaks, columns, record: ByteRecord::new(), is_over: false })
    }

    pub(super) fn next_row(&mut self) -> Option<io::Result<ReadLine>> {
        if self.is_over {
            return None;
        }
        self.ration.set(RATION);
        let begin = self.reader.position().byte();
        let read = self.reader.read_byte_record(&mut self.record);
        let number = self.breaks.borrow_mut().line_at(begin);
        match read {
            Ok(false) => None,
            Ok(true) => Some(Ok(self.line(number).map_err(|error| (number, error)))),
            Err(error) => match error.into_kind() {
                ErrorKind::Io(_) if self.ration.get() == 0 => {
                    // Nobody knows where the next row would begin.
                    self.is_over = true;
                    Some(Ok(Err((number, LineError::TooLong))))
                }
                ErrorKind::Io(error) => Some(Err(error)),
                other => Some(Err(io::Error::other(format!("{other:?}")))),
            },
        }
    }

    fn line(&self, number: u64) -> Result<Line, LineError> {
        if self.record.len() != self.columns.len() {
            return Err(LineError::Ragged { found: self.record.len(), expected: self.columns.len() });
        }
        let (mut id, mut method, mut path, mut key) = ("", None, "", None);
        let mut params = Vec::new();
        for (column, field) in self.columns.iter().zip(&self.record) {
            let text = std::str::from_utf8(field).map_err(|_| LineError::NotUtf8)?;
            let given = Some(text).filter(|text| !text.is_empty());
            match column {
                Column::Id => id = text,
                Column::Method => method = given,
                Column::Path => path = text,
                Column::Key => key = given,
                Column::Parameter(name) => params.extend(given.map(|text| Param::new(name, text))),
            }
        }
        Line::from_params(number, &Said { id: id.to_owned(), method, path, key }, &params)
    }
}

fn columns(names: &[&str]) -> Result<Vec<Column>, HeaderError> {
    for (at, name) in names.iter().enumerate() {
        if names[..at].contains(name) {
            return Err(HeaderError::Twice((*name).to_owned()));
        }
    }
    if let Some(missing) = ["id", "path"].into_iter().find(|wanted| !names.contains(wanted)) {
        return Err(HeaderError::Missing { missing, found: names.join(", ").chars().take(200).collect() });
    }
    let column = |name: &&str| match *name {
        "id" => Ok(Column::Id),
        "method" => Ok(Column::Method),
        "path" => Ok(Column::Path),
        "idempotency_key" => Ok(Column::Key),
        name if name.is_empty() || !brackets_pair(name) => Err(HeaderError::Name(name.to_owned())),
        name => Ok(Column::Parameter(name.to_owned())),
    };
    names.iter().map(column).collect()
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, Write};

    use super::*;

    fn rows(text: &str) -> Result<Rows, HeaderError> {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(text.as_bytes()).expect("written");
        file.rewind().expect("at its start");
        Rows::open(BufReader::new(file))
    }

    fn all(text: &str) -> Vec<ReadLine> {
        let mut rows = rows(text).expect("a header row");
        std::iter::from_fn(|| rows.next_row()).map(|row| row.expect("read")).collect()
    }

    #[test]
    fn columns_are_parameters_and_empty_fields_are_left_out() {
        let lines = all("id, path ,amount,metadata[a],idempotency_key\r\n\
                         1,customers,5,\"x, \"\"y\"\"\",\r\n\r\n2,customers,,\"two\nlines\",k-2\r\n");
        let first = lines[0].as_ref().expect("a line");
        assert_eq!((first.number, &*first.id), (2, "1"));
        assert_eq!(first.body, b"amount=5&metadata%5Ba%5D=x%2C+%22y%22");
        let second = lines[1].as_ref().expect("a line");
        assert_eq!((second.number, &second.body[..]), (4, &b"metadata%5Ba%5D=two%0Alines"[..]));
        assert!(second.key.is_some() && lines.len() == 2);
    }

    #[test]
    fn a_row_that_is_wrong_is_named_and_the_next_is_read() {
        let lines = all("id,path\n1\n2,customers,3\n3,customers\n4,/v2/core/accounts\n");
        assert!(matches!(lines[0], Err((2, LineError::Ragged { found: 1, expected: 2 }))));
        assert!(matches!(lines[1], Err((3, LineError::Ragged { found: 3, expected: 2 }))));
        assert!(lines[2].is_ok() && lines[3].is_ok());
        let with_parameter = all("id,path,a\n1,/v2/core/accounts,2\n");
        assert!(matches!(with_parameter[0], Err((2, LineError::CsvOfV2))));
    }

    #[test]
    fn a_quote_that_is_never_closed_is_a_row_that_is_too_long() {
        let text = format!("id,path\n1,\"{}\n", "x,".repeat(2 << 20));
        let lines = all(&text);
        assert!(matches!(lines[..], [Err((2, LineError::TooLong))]), "{}", lines.len());
    }

    #[test]
    fn a_header_row_that_is_none_is_refused() {
        let said = |text: &str| rows(text).err().expect(text).to_string();
        assert!(said("a;b\n").contains("no column \"id\""));
        assert!(said("id\n").contains("no column \"path\""));
        assert!(said("id,path,a,a\n").contains("two columns \"a\""));
        assert!(said("id,path,a[\n").contains("\"a[\""));
        assert!(said("id,path,\n").contains("\"\""));
    }
}
