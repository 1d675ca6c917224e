//! What SOAP says went wrong.

use super::markup::Markup;

/// The text of the fault in an answer of SOAP 1.1 (4.4) or 1.2 (5.4), if it is one.
pub fn soap_fault(answer: &str) -> Option<String> {
    // Few answers are faults, and those that are not need not be read.
    if !answer.contains("Fault") {
        return None;
    }
    let markup = Markup::read(answer);
    let fault = markup
        .elements()
        .find(|node| node.is("Fault") && markup.node(node.parent).is_some_and(|parent| parent.is("Body")))?;
    let number = markup.number(fault)?;
    let said = ["faultstring", "Reason"].iter().find_map(|name| {
        let child = markup
            .children(number)
            .iter()
            .find(|child| markup.node(**child).is_some_and(|node| node.is(name)));
        Some(markup.text(*child?).trim().to_owned())
    });
    Some(said.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_of_both_versions_are_found() {
        let old = "<?xml version=\"1.0\"?><s:Envelope><s:Body><s:Fault><faultcode>s:Server</faultcode>\
                   <faultstring>boom</faultstring></s:Fault></s:Body></s:Envelope>";
        let new = "<?xml version=\"1.0\"?><e:Envelope><e:Body><e:Fault><e:Code/><e:Reason><e:Text>no\n</e:Text>\
                   </e:Reason></e:Fault></e:Body></e:Envelope>";
        let good = "<e:Envelope><e:Body><Price>Default</Price><Fault/></e:Body></e:Envelope>";
        assert_eq!(soap_fault(old).as_deref(), Some("boom"));
        assert_eq!(soap_fault(new).as_deref(), Some("no"));
        assert_eq!(soap_fault("<e:Body><a><Fault/></a></e:Body>"), None);
        assert_eq!((soap_fault(good).as_deref(), soap_fault("plain")), (Some(""), None));
    }
}
